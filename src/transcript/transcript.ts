import type { ConsoleLine, LineSource } from '../console/lines.ts';
import { LineSplitter } from '../console/lines.ts';
import { learnPrefix, prefixPattern } from './learn-prefix.ts';
import { repair } from './repair.ts';
import { unwrap } from './unwrap.ts';

/** As many lines are read before the first is passed on: enough to see what all of them have in front. */
const window = 256;
/** So many of a window, spread over it, tell whether it is worth a closer look. */
const looks = 16;

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
    if (texts.length === 0 || (this.#learned && texts.length < looks)) return;
    const some = texts.filter((_, index) => index % Math.ceil(texts.length / looks) === 0);
    const pattern = this.#prefix;
    if (pattern !== null && some.every((text) => pattern.test(text))) return;
    if (this.#learned && pattern === null && learnPrefix(some) === null) return;
    const prefix = learnPrefix(texts);
    this.#learned = true;
    this.#prefix = prefix === null ? null : prefixPattern(prefix);
  }

  /** The line as the machine wrote it. */
  #asWritten(line: ConsoleLine): ConsoleLine {
    const [first = '', ...others] = line.segments;
    const end = this.#prefix?.exec(first)?.[0].length ?? 0;
    const start = end === 0 ? first : first.slice(end).replace(kernelTag, '');
    const whole = start === '' && others.length > 0 ? others : [start, ...others];
    const segments = whole.map(repair);
    return { line: line.line, text: segments.join(' '), segments };
  }
}

function unwrapped(line: ConsoleLine): ConsoleLine {
  const segments = unwrap(line.segments);
  return segments === line.segments ? line : { ...line, segments, text: segments.join(' ') };
}
