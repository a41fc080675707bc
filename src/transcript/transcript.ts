import type { ConsoleLine, LineSource } from '../console/lines.ts';
import { LineSplitter } from '../console/lines.ts';
import { learnPrefix, prefixPattern } from './learn-prefix.ts';
import { repair } from './repair.ts';
import { isFull, rejoin, wrapWidth } from './rejoin.ts';
import { isWrapped, unwrap } from './unwrap.ts';

/** As many lines are read before the first is passed on. */
const window = 1024;
/** So many of them, spread over the window, tell what all have in front; and so many, whether it is worth that look. */
const sample = 256;
const glance = 16;

const mostRecorders = 3;

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
  /** One recorder's output may have been recorded by another: the outermost first. */
  #prefixes: RegExp[] = [];
  #learned = false;
  /** Of the terminal that has cut the lines. */
  #width: number | null = null;

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
    const lines = this.#whole(this.#waiting.splice(0, count), count !== window);
    const texts = [...lines, ...next].map(({ segments: [first = ''] }) => first);
    this.#learn(texts.filter((text) => text !== ''));
    return lines.map((line) => this.#asWritten(line));
  }

  /** Lines that a terminal's width has cut, put together; a last one that may go on waits for what follows. */
  #whole(lines: ConsoleLine[], isLast: boolean): ConsoleLine[] {
    if (lines.length >= glance || this.#width === null)
      this.#width = wrapWidth(lines) ?? this.#width;
    const width = this.#width;
    if (width === null) return lines;
    while (!isLast && isFull(lines.at(-1), width)) this.#waiting.unshift(...lines.splice(-1));
    return rejoin(lines, width);
  }

  /** Few lines at the end of a log are recorded as those before them. */
  #learn(texts: readonly string[]): void {
    if (texts.length === 0 || (this.#learned && texts.length < glance)) return;
    const some = spread(texts, glance);
    const known = this.#prefixes;
    if (known.length > 0 && some.every((text) => known[0]?.test(text))) return;
    if (this.#learned && known.length === 0 && learnPrefix(some) === null) return;
    this.#learned = true;
    this.#prefixes = learnAll(spread(texts, sample));
  }

  /** The line as the machine wrote it. */
  #asWritten(line: ConsoleLine): ConsoleLine {
    const [first = '', ...others] = line.segments;
    const start = withoutHost(this.#withoutPrefixes(first));
    const segments = [start, ...others].flatMap(repair);
    const text = segments.join(' ');
    if (text === line.text && segments.length === line.segments.length) return line;
    const shown = segments.length > 1 ? segments.filter((segment) => segment !== '') : segments;
    return unwrapped({ line: line.line, text: shown.join(' '), segments: shown });
  }

  #withoutPrefixes(text: string): string {
    if (this.#prefixes.length === 0) return text;
    const rest = this.#prefixes.reduce((left, prefix) => left.replace(prefix, ''), text);
    return rest === text ? text : rest.replace(kernelTag, '');
  }
}

/** `journalctl -o short-monotonic` writes the kernel's clock, then the host and who speaks. */
const monotonic = /^(\[ *\d+\.\d{6}\] )[\w.-]+ (?:kernel: |(?=[\w@().-]+\[\d+\]: ))/;

function withoutHost(text: string): string {
  return text.startsWith('[') ? text.replace(monotonic, '$1') : text;
}

function learnAll(lines: readonly string[]): RegExp[] {
  const prefixes: RegExp[] = [];
  let left = lines;
  while (prefixes.length < mostRecorders && !left.some(isWrapped)) {
    const prefix = learnPrefix(left);
    if (prefix === null) break;
    const pattern = prefixPattern(prefix);
    prefixes.push(pattern);
    left = left.map((line) => line.replace(pattern, ''));
  }
  return prefixes;
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
