import { performance } from 'node:perf_hooks';
import type { LabEvent } from '../model/run.ts';
import type { Verdict } from '../model/vocabulary.ts';
import { createTranscript } from './plain.ts';
import { cut } from './printable.ts';
import type { ReporterOutput, Reporter, ReporterOptions } from './reporter.ts';
import { createStyle } from './reporter.ts';
import { describeProgress, verdictWords } from './result-text.ts';

/** A clock and a repeating timer; tests bring their own. */
type Ticker = {
  /** Milliseconds, from any fixed point. */
  now(): number;
  /** Calls `action` every `milliseconds` until the returned function is called. */
  every(milliseconds: number, action: () => void): () => void;
};

const systemTicker: Ticker = {
  now: () => performance.now(),
  every(milliseconds, action) {
    const timer = setInterval(action, milliseconds).unref();
    return () => {
      clearInterval(timer);
    };
  },
};

const redrawEvery = 100;
const mostRows = 12;

/** For a terminal: what is running in rows at the bottom, what is finished above them. */
export function listReporter(
  output: ReporterOutput,
  options: ReporterOptions,
  ticker: Ticker = systemTicker,
): Reporter {
  const transcript = createTranscript(createStyle(output.color), options);
  const screen = createLiveScreen(output);
  const progress = createRunProgress();
  const show = () => {
    screen.draw(options.quiet ? [] : fit(progress.rows(ticker.now()), output.columns));
  };
  const stop = ticker.every(redrawEvery, show);
  return {
    onEvent(event) {
      progress.note(event, ticker.now());
      screen.print(transcript(event));
    },
    close() {
      stop();
      screen.draw([]);
    },
  };
}

type Running = { id: string; since: number; position: string };

/** What is going on at the moment, as rows without colour. */
function createRunProgress() {
  const running = new Map<string, Running>();
  const images = new Map<string, string>();
  const counts = new Map<Verdict, number>();
  let total = 0;
  let begun = 0;

  return {
    note(event: LabEvent, now: number): void {
      switch (event.type) {
        case 'run-started':
          total = event.cases.length;
          begun = now;
          break;
        case 'images-progress': {
          const { image, step, share } = describeProgress(event.progress);
          images.set(image, `${step} ${share}`.trimEnd());
          break;
        }
        case 'case-started':
          forgetImagesOf(event.case.arch);
          running.set(event.case.id, { id: event.case.id, since: now, position: 'power-on' });
          break;
        case 'case-stage': {
          const known = running.get(event.case.id);
          const position = `generation ${event.generation}, ${event.stage}`;
          if (known !== undefined) running.set(event.case.id, { ...known, position });
          break;
        }
        case 'case-finished':
          running.delete(event.case.id);
          counts.set(event.result.verdict, (counts.get(event.result.verdict) ?? 0) + 1);
          break;
      }
    },
    rows(now: number): string[] {
      if (total === 0) return [];
      const seconds = (since: number) => `${Math.floor((now - since) / 1000)} s`;
      const width = Math.max(0, ...[...running.keys()].map((id) => id.length));
      const done = [...counts.values()].reduce((sum, number) => sum + number, 0);
      const verdicts = [...counts].map(([verdict, number]) => `${number} ${verdictWords[verdict]}`);
      return [
        ...[...images].map(([image, step]) => `▸ image ${image}: ${step}`),
        ...[...running.values()].map(
          ({ id, since, position }) =>
            `▸ ${id.padEnd(width)}  ${position.padEnd(24)}  ${seconds(since)}`,
        ),
        [`  ${done} of ${total} done`, ...verdicts, seconds(begun)].join(', '),
      ];
    },
  };

  /** An architecture's images are there once a case of it starts. */
  function forgetImagesOf(arch: string): void {
    for (const image of images.keys()) if (image.startsWith(`${arch}/`)) images.delete(image);
  }
}

/** Rows that fit the terminal: never wrapped, and few enough to leave room for what is finished. */
function fit(rows: string[], columns: number): string[] {
  const last = rows.slice(-1);
  const hidden = rows.length - mostRows;
  const shown =
    hidden > 0 ? [...rows.slice(0, mostRows - 2), `  … and ${hidden + 1} more`, ...last] : rows;
  return shown.map((row) => cut(row, Math.max(1, columns - 1)));
}

/**
 * The bottom rows of a terminal, drawn again and again below lines that stay.
 *
 * The cursor always rests in the first column below the last row and is never hidden: however the program ends,
 * there is nothing to restore.
 */
type LiveScreen = {
  /** Puts lines above the rows with the next `draw`. */
  print(lines: string[]): void;
  /** Replaces the rows. Writes nothing where nothing has changed. */
  draw(rows: string[]): void;
};

function createLiveScreen(output: ReporterOutput): LiveScreen {
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
