import type { ReporterOutput } from './reporter.ts';

/**
 * The bottom rows of a terminal, drawn again and again below lines that stay.
 *
 * The cursor always rests in the first column below the last row and is never hidden: however the program ends,
 * there is nothing to restore.
 */
export type LiveScreen = {
  /** Puts lines above the rows with the next `draw`. */
  print(lines: string[]): void;
  /** Replaces the rows. Writes nothing where nothing has changed. */
  draw(rows: string[]): void;
};

export function createLiveScreen(output: ReporterOutput): LiveScreen {
  let waiting: string[] = [];
  let drawn: string[] = [];
  return {
    print(lines) {
      waiting.push(...lines);
    },
    draw(rows) {
      const same = rows.length === drawn.length && rows.every((row, index) => row === drawn[index]);
      if (waiting.length === 0 && same) return;
      output.write(redraw(drawn, waiting, rows, output.columns));
      waiting = [];
      drawn = rows;
    },
  };
}

/**
 * What to write to a terminal that shows `drawn` so that it shows `lines` and then `rows` in its place.
 * Rows hold no escape sequences. A terminal made narrower since has wrapped them, so they are measured anew.
 */
export function redraw(drawn: string[], lines: string[], rows: string[], columns: number): string {
  const height = drawn.reduce((sum, row) => sum + Math.max(1, Math.ceil(row.length / columns)), 0);
  const erase = height > 0 ? `\r\x1b[${height}A\x1b[0J` : '';
  return erase + [...lines, ...rows].map((line) => `${line}\n`).join('');
}
