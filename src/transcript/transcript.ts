import type { ConsoleLine, LineSource } from '../console/lines.ts';
import { LineSplitter } from '../console/lines.ts';
import { learnPrefix, prefixPattern } from './learn-prefix.ts';
import { repair } from './repair.ts';
import { unwrap } from './unwrap.ts';

/** As many lines are read before the first is passed on. */
const window = 1024;
/** So many of them, spread over the window, tell what all have in front; and so many, whether it is worth that look. */
const sample = 256;
const glance = 16;

/** Syslog's name for the kernel, behind its date and host. */
const kernelTag = /^kernel: /;

/**
 * The lines of a console log that somebody recorded, without what the recorder put in front of each. It is learned from
 * the lines themselves, window by window, so that the recorder need not be known and may change. Holds one window; how the
 * bytes are chunked cannot matter.
 */
export class Transcript implements LineSource {
  readonly #lines = new LineSplitter();
  #waiting: ConsoleLine[] = [];
  #prefix: RegExp | null = null;
  #learned = false;

  feed(chunk: Uint8Array): ConsoleLine[] {
    for (const line of this.#lines.feed(chunk)) this.#waiting.push(unwrapped(line));
    const ready: ConsoleLine[] = [];
    while (this.#waiting.length >= window) ready.push(...this.#take(window));
    return ready;
  }

  flush(): ConsoleLine[] {
    const { rest } = this.#lines;
    return this.#take(this.#waiting.length, rest === null ? [] : [unwrapped(rest)]);
  }

  get rest(): ConsoleLine | null {
    const { rest } = this.#lines;
    return rest === null ? null : this.#asWritten(unwrapped(rest));
  }

  end(): ConsoleLine[] {
    for (const line of this.#lines.end()) this.#waiting.push(unwrapped(line));
    return this.flush();
  }

  /** @param next a line behind them that is not complete, to learn from */
  #take(count: number, next: ConsoleLine[] = []): ConsoleLine[] {
    const lines = this.#waiting.splice(0, count);
    const texts = [...lines, ...next].map(({ segments: [first = ''] }) => first);
    this.#learn(texts.filter((text) => text !== ''));
    return lines.map((line) => this.#asWritten(line));
  }

  /** Few lines at the end of a log are recorded as those before them. */
  #learn(texts: readonly string[]): void {
    if (texts.length === 0 || (this.#learned && texts.length < glance)) return;
    const some = spread(texts, glance);
    const pattern = this.#prefix;
    if (pattern !== null && some.every((text) => pattern.test(text))) return;
    if (this.#learned && pattern === null && learnPrefix(some) === null) return;
    const prefix = learnPrefix(spread(texts, sample));
    this.#learned = true;
    this.#prefix = prefix === null ? null : prefixPattern(prefix);
  }

  /** The line as the machine wrote it. */
  #asWritten(line: ConsoleLine): ConsoleLine {
    const [first = '', ...others] = line.segments;
    const end = this.#prefix?.exec(first)?.[0].length ?? 0;
    const start = end === 0 ? first : first.slice(end).replace(kernelTag, '');
    const [repaired, ...rest] = [start, ...others].map(repair);
    if (rest.length === 0) {
      const text = repaired ?? '';
      return text === first ? line : { line: line.line, text, segments: [text] };
    }
    const segments = start === '' ? rest : [repaired ?? '', ...rest];
    return { line: line.line, text: segments.join(' '), segments };
  }
}

/** At most so many of them, in order. */
function spread(texts: readonly string[], most: number): string[] {
  const step = Math.ceil(texts.length / most);
  return texts.filter((_, index) => index % step === 0);
}

function unwrapped(line: ConsoleLine): ConsoleLine {
  const segments = unwrap(line.segments);
  return segments === line.segments ? line : { ...line, segments, text: segments.join(' ') };
}
