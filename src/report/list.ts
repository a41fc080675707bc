import { performance } from 'node:perf_hooks';
import type { LabEvent } from '../model/run.ts';
import type { Verdict } from '../model/vocabulary.ts';
import { createTranscript } from './plain.ts';
import { cut } from './printable.ts';
import type { ReporterOutput, Reporter, ReporterOptions } from './reporter.ts';
import { describeProgress, verdictWords } from './result-text.ts';
import type { Style } from './style.ts';
import { createStyle } from './style.ts';

/** A clock and a repeating timer; tests replace them. */
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

/** For a terminal: running cases in rows at the bottom, finished cases above them. */
export function listReporter(
  output: ReporterOutput,
  options: ReporterOptions,
  ticker: Ticker = systemTicker,
): Reporter {
  const style = createStyle(output);
  const transcript = createTranscript(style, options);
  const screen = createLiveScreen(output);
  const progress = createRunProgress(style);
  const show = () => {
    // The last column stays empty: in some terminals a row that fills it takes two.
    const room = Math.max(1, output.columns - 1);
    screen.draw(options.quiet ? [] : fit(progress.rows(ticker.now(), room), room, style));
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

/** The current state of the run, as rows without colour. */
function createRunProgress(style: Style) {
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
    /** @param room columns that a row may take */
    rows(now: number, room: number): string[] {
      if (total === 0) return [];
      const seconds = (since: number) => `${Math.floor((now - since) / 1000)} s`;
      const done = [...counts.values()].reduce((sum, number) => sum + number, 0);
      const verdicts = [...counts].map(([verdict, number]) => `${number} ${verdictWords[verdict]}`);
      return [
        ...[...images].map(([image, step]) => `${style.mark('▸')} image ${image}: ${step}`),
        ...runningRows(
          [...running.values()].map(({ id, position, since }) => [id, position, seconds(since)]),
          room,
          style,
        ),
        [`${style.mark(' ')} ${done} of ${total} done`, ...verdicts, seconds(begun)].join(', '),
      ];
    },
  };

  /** The images of an architecture are complete when a case of it starts. */
  function forgetImagesOf(arch: string): void {
    for (const image of images.keys()) if (image.startsWith(`${arch}/`)) images.delete(image);
  }
}

type RunningCells = [id: string, position: string, time: string];

/** Running cases in columns. In a narrow terminal the generation is abbreviated, then the names are cut. */
function runningRows(cases: readonly RunningCells[], room: number, style: Style): string[] {
  const mark = style.mark('▸');
  const longest = Math.max(0, ...cases.map(([id]) => id.length));
  const leftBy = (positionWidth: number) =>
    room - `${mark}     ${' '.repeat(positionWidth)}`.length - timeWidth;
  const isNarrow = leftBy(24) < longest;
  const positionWidth = isNarrow ? 17 : 24;
  const width = Math.min(longest, Math.max(8, leftBy(positionWidth)));
  return cases.map(([id, position, time]) => {
    const place = isNarrow ? position.replace('generation', 'gen') : position;
    const name = cut(id, width, style.encode('…')).padEnd(width);
    return `${mark} ${name}  ${place.padEnd(positionWidth)}  ${time}`;
  });
}

/** `1234 s` */
const timeWidth = 6;

/** Rows that fit the terminal: not wrapped, and few enough to leave room for finished cases. */
function fit(rows: string[], room: number, style: Style): string[] {
  const last = rows.slice(-1);
  const hidden = rows.length - mostRows;
  const more = `${style.mark(' ')} ${style.encode('…')} and ${hidden + 1} more`;
  const shown = hidden > 0 ? [...rows.slice(0, mostRows - 2), more, ...last] : rows;
  return shown.map((row) => cut(style.encode(row), room, style.encode('…')));
}

/**
 * The bottom rows of a terminal, which are redrawn below lines that stay.
 *
 * Between writes, the cursor is in the first column below the last row, and it is never hidden. So nothing has to be restored,
 * however the program ends.
 */
type LiveScreen = {
  /** Puts lines above the rows with the next `draw`. */
  print(lines: string[]): void;
  /** Replaces the rows. Writes nothing if nothing has changed. */
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
 * The text that replaces the rows `drawn` on a terminal by `lines` and then `rows`. Rows contain no escape sequences. They are
 * measured again, since a terminal that has become narrower has wrapped them.
 */
export function redraw(drawn: string[], lines: string[], rows: string[], columns: number): string {
  const height = drawn.reduce((sum, row) => sum + Math.max(1, Math.ceil(row.length / columns)), 0);
  const erase = height > 0 ? `\r\x1b[${height}A\x1b[0J` : '';
  return erase + [...lines, ...rows].map((line) => `${line}\n`).join('');
}
