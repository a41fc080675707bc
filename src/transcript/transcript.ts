import type { ConsoleLine, LineSource, Skipped } from '../console/lines.ts';
import { cleanSegments } from '../console/lines.ts';
import { ByteLines } from './byte-lines.ts';
import { indentationOf, learnPrefix } from './learn-prefix.ts';
import { prefixPattern } from './prefix.ts';
import type { Wrap } from './rejoin.ts';
import { mayGoOn, rejoin, wrapOf } from './rejoin.ts';
import { repair, isWrapped, unwrap } from './repair.ts';
import { endOf, Skim } from './skim.ts';

/** As many lines are read before the first is passed on. */
const window = 1024;
/** So many of them, spread over the window, tell what all have in front; and so many, whether it is worth that look. */
const sample = 256;
const glance = 16;

const mostRecorders = 3;

const carriageReturn = 13;
const bracket = '['.charCodeAt(0);

/** Syslog's name for the kernel, behind its date and host. */
const kernelTag = /^kernel: /;

/**
 * The lines of a console log that somebody recorded, without what the recorder put in front of each. It is learned from
 * the lines themselves, window by window, so that the recorder need not be known and may change. Holds one window; how the
 * bytes are chunked cannot matter.
 */
export class Transcript implements LineSource {
  /** Every line is wanted, also those that no signature knows. */
  attentive = true;
  readonly #bytes = new ByteLines();
  /** The number of the first line that is held. */
  #line = 1;
  /** One recorder's output may have been recorded by another: the outermost first. */
  #prefixes: RegExp[] = [];
  #learned = false;
  /** How a terminal or a mail program has cut the lines. */
  #wrap: Wrap | null = null;
  /** Full lines at the end of the last window, which the next may go on with. */
  #open: ConsoleLine[] = [];
  readonly #skim = new Skim();

  *feed(chunk: Uint8Array): Iterable<ConsoleLine> {
    this.#bytes.append(chunk);
    let taken = 0;
    while (this.#bytes.count - taken >= window) {
      yield* this.#take(taken, taken + window);
      taken += window;
    }
    this.#forget(taken);
  }

  *flush(): Iterable<ConsoleLine> {
    const { count } = this.#bytes;
    yield* this.#take(0, count);
    this.#forget(count);
  }

  get rest(): ConsoleLine | null {
    return this.#bytes.hasRest ? this.#asWritten(this.#raw(this.#bytes.count)) : null;
  }

  *end(): Iterable<ConsoleLine> {
    this.#bytes.end();
    yield* this.flush();
  }

  takeSkipped(): Skipped | null {
    return this.#skim.take(this.#bytes.bytes);
  }

  #forget(lines: number): void {
    this.#bytes.drop(lines);
    this.#line += lines;
  }

  /** Passes on the lines with these indices, a window or what is left of the log. */
  *#take(from: number, to: number): Iterable<ConsoleLine> {
    const isLast = to - from !== window;
    const isPlain = this.#isPlain(from, to);
    if (!isPlain) {
      const lines = [...this.#open, ...this.#rawLines(from, to)];
      this.#open = [];
      const whole = this.#whole(lines, isLast);
      const rest = isLast && this.#bytes.hasRest ? [this.#raw(this.#bytes.count)] : [];
      this.#learn([...whole, ...rest].map(({ segments: [first = ''] }) => first));
      if (this.#prefixes.length > 0 || this.#wrap !== null) {
        for (const line of whole) yield this.#asWritten(line);
        return;
      }
    }
    for (let index = from; index < to; index += 1) {
      const [start, end] = this.#bytes.range(index);
      const { bytes } = this.#bytes;
      const look = this.attentive
        ? this.#skim.look(bytes, start, end)
        : this.#skim.pass(bytes, start, end, this.#line + index);
      if (look === 'plain') yield this.#plain(index, start, end);
      else if (look === 'other') yield this.#asWritten(this.#raw(index));
    }
  }

  /** Whether the window is as those before it, which nothing had to be taken off. */
  #isPlain(from: number, to: number): boolean {
    if (!this.#learned || this.#prefixes.length > 0 || this.#wrap !== null) return false;
    if (to - from < glance) return true;
    const step = Math.ceil((to - from) / glance);
    const some: string[] = [];
    for (let index = from; index < to; index += step) some.push(this.#raw(index).segments[0] ?? '');
    const isPlain = hasBareStamps(some) || learnPrefix(some) === null;
    return isPlain && !this.#mayBeWrapped(from, to);
  }

  /** Several different lines fill one width, none is longer, and few records follow: worth the look at all of them. */
  #mayBeWrapped(from: number, to: number): boolean {
    const { bytes } = this.#bytes;
    let longest = 0;
    let full: number[] = [];
    for (let index = from; index < to; index += 1) {
      const [start, end] = this.#bytes.range(index);
      const length = end - start - (bytes[end - 1] === carriageReturn ? 1 : 0);
      if (length > longest) [longest, full] = [length, []];
      if (length === longest) full.push(index);
    }
    const records = full.filter((index) => bytes[this.#bytes.range(index + 1)[0]] === bracket);
    if (4 * records.length > full.length) return false;
    return new Set(full.slice(0, glance).map((index) => this.#raw(index).text)).size > 2;
  }

  #rawLines(from: number, to: number): ConsoleLine[] {
    return Array.from({ length: to - from }, (_, index) => this.#raw(from + index));
  }

  #raw(index: number): ConsoleLine {
    const [from, to] = this.#bytes.range(index);
    const segments = unwrap(cleanSegments(this.#bytes.bytes.toString('utf8', from, to)));
    return { line: this.#line + index, text: segments.join(' '), segments };
  }

  /** A line of ASCII that nothing has to be taken off or out of. */
  #plain(index: number, from: number, to: number): ConsoleLine {
    const { bytes } = this.#bytes;
    const text = bytes.toString('latin1', from, endOf(bytes, from, to));
    return { line: this.#line + index, text, segments: [text] };
  }

  /** Lines that were cut, put together; a last one that may go on waits for what follows. */
  #whole(lines: ConsoleLine[], isLast: boolean): ConsoleLine[] {
    if (lines.length >= glance || this.#wrap === null) this.#wrap = wrapOf(lines) ?? this.#wrap;
    const wrap = this.#wrap;
    if (wrap === null) return lines;
    while (!isLast && mayGoOn(lines.at(-1), wrap)) this.#open.unshift(...lines.splice(-1));
    return rejoin(lines, wrap);
  }

  /** Few lines at the end of a log are recorded as those before them. */
  #learn(all: readonly string[]): void {
    const texts = all.filter((text) => text !== '');
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

/** A recorder's clock that looks like the kernel's: no kernel has run since 2001. */
const sinceEpoch = /^\[1\d{9}\.\d{6}\] ?(?!\[ )/;

function withoutHost(text: string): string {
  return text.startsWith('[') ? text.replace(monotonic, '$1').replace(sinceEpoch, '') : text;
}

/** Half of the lines are a kernel's records and begin with its stamp: nothing can stand in front of all. */
function hasBareStamps(texts: readonly string[]): boolean {
  return 2 * texts.filter((text) => bareStamp.test(text)).length >= texts.length;
}

const bareStamp = /^\[ *\d+\.\d{6}\] (?!.*\[[ \d])/;

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
  const indentation = prefixes.length === 0 ? indentationOf(lines) : null;
  return indentation === null ? prefixes : [indentation];
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
