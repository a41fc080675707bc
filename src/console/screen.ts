import type { Terminal } from '@xterm/headless';
import { cleanSegments } from './lines.ts';

/**
 * Bytes kept until somebody asks for the screen. A screen is painted with a few kilobytes; of a flood only the end
 * can still be on it.
 */
const longestBacklog = 2 ** 18;

/** UTF-16 units in one cell; a guest can pile up combining characters in it for ever. */
const longestCell = 8;

const carriageReturn = 13;

/** A cursor that is put somewhere, a screen that is erased. */
const painting = /\u001B\[[\d;]*[HfJ]/;

/** `ESC c`: the terminal as it was when it was switched on. */
const reset = '\u001Bc';

/** What a terminal of that size shows of a console, for programs that paint instead of writing lines (EDK2's menus). */
export type Screen = {
  /** Takes the next bytes of the console. How they are chunked cannot matter. */
  feed(bytes: Uint8Array): void;
  /** Whether anything was written at a place of its own, and not only line by line, since the screen was asked for last. */
  isPainted(): boolean;
  /** Every row of the screen, cleaned of control and format characters, without the spaces at its end. */
  text(): Promise<string[]>;
};

/**
 * A screen in memory. Its memory is bounded whatever it is fed, and nothing it is fed is answered: a terminal's
 * replies (cursor position, device attributes) would be input for a guest that chooses what they say.
 */
export function createScreen({ columns, rows }: { columns: number; rows: number }): Screen {
  let created: Promise<Terminal> | undefined;
  let backlog: Buffer[] = [];
  let waiting = 0;

  /** Forgets what cannot matter any more; the terminal starts anew, for the cut may be inside of a sequence. */
  function dropOldest(): void {
    const end = Buffer.concat(backlog).subarray(-longestBacklog / 2);
    backlog = [Buffer.from(reset), Buffer.from(end)];
    waiting = reset.length + end.length;
  }

  return {
    feed(bytes) {
      // The chunk belongs to the caller, who may write the next one over it.
      backlog.push(Buffer.from(bytes));
      waiting += bytes.length;
      if (waiting > longestBacklog) dropOldest();
    },
    isPainted: () => painting.test(Buffer.concat(backlog).toString('latin1')),
    async text() {
      const bytes = Buffer.concat(backlog);
      // A log that was saved with plain line ends would make a staircase.
      const plainEnds = !bytes.includes(carriageReturn);
      const terminal = await (created ??= newTerminal(columns, rows, plainEnds));
      backlog = [];
      waiting = 0;
      await new Promise<void>((resolve) => {
        terminal.write(bytes, resolve);
      });
      const { active } = terminal.buffer;
      const lines = Array.from(
        { length: rows },
        (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
      );
      if (lines.some((line) => line.length > longestCell * columns)) terminal.write(reset);
      return lines.map((line) =>
        cleanSegments(line.slice(0, longestCell * columns))
          .join('')
          .trimEnd(),
      );
    },
  };
}

/** xterm.js is large, and few boots need a look at their screen: it is loaded when one does. */
async function newTerminal(columns: number, rows: number, plainEnds: boolean): Promise<Terminal> {
  const { createTerminal } = await import('./terminal.ts');
  return createTerminal(columns, rows, plainEnds);
}
