import type { ConsoleLine, LineSource, Skipped } from '../console/lines.ts';
import { cleanSegments } from '../console/lines.ts';
import { ByteLines } from './byte-lines.ts';
import { indentationOf, learnPrefix } from './learn-prefix.ts';
import { prefixPattern } from './prefix.ts';
import type { Wrap } from './rejoin.ts';
import { mayGoOn, rejoin, wrapOf } from './rejoin.ts';
import { repair, isWrapped, unwrap } from './repair.ts';
import { endOf, Skim } from './skim.ts';

/** How many lines are buffered before the first is returned. */
const window = 1024;
/** How many of them, spread over the window, are used to learn prefixes, and to decide whether that is necessary. */
const sample = 256;
const glance = 16;

const mostRecorders = 3;

const carriageReturn = 13;
const bracket = '['.charCodeAt(0);

/** Syslog's name for the kernel, after its date and host. */
const kernelTag = /^kernel: /;

/**
 * The lines of a recorded console log, without the prefixes of the recorder. These are learned from the lines themselves,
 * window by window, so the recorder may be unknown and may change. Holds one window. The result does not depend on how the
 * bytes are chunked.
 */
export class Transcript implements LineSource {
  /** Whether all lines are needed, including those that no signature can match. */
  attentive = true;
  readonly #bytes = new ByteLines();
  /** The number of the first buffered line. */
  #line = 1;
  /** The output of a recorder may have been recorded by another; the outermost prefix is first. */
  #prefixes: RegExp[] = [];
  #learned = false;
  /** How a terminal or a mail program cut the lines. */
  #wrap: Wrap | null = null;
  /** Full lines at the end of the last window, which the next window may continue. */
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

  /** Yields the lines with these indices: a window, or the rest of the log. */
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

  /** Whether the window, like those before it, has no prefixes and was not cut. */
  #isPlain(from: number, to: number): boolean {
    if (!this.#learned || this.#prefixes.length > 0 || this.#wrap !== null) return false;
    if (to - from < glance) return true;
    const step = Math.ceil((to - from) / glance);
    const some: string[] = [];
    for (let index = from; index < to; index += step) some.push(this.#raw(index).segments[0] ?? '');
    const isPlain = hasBareStamps(some) || learnPrefix(some) === null;
    return isPlain && !this.#mayBeWrapped(from, to);
  }

  /** Whether several different lines fill one width, none is longer, and few of them are followed by records. */
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

  /** A line of ASCII that needs no cleaning. */
  #plain(index: number, from: number, to: number): ConsoleLine {
    const { bytes } = this.#bytes;
    const text = bytes.toString('latin1', from, endOf(bytes, from, to));
    return { line: this.#line + index, text, segments: [text] };
  }

  /** Joins lines that were cut. A last line that may continue is kept for the next window. */
  #whole(lines: ConsoleLine[], isLast: boolean): ConsoleLine[] {
    if (lines.length >= glance || this.#wrap === null) this.#wrap = wrapOf(lines) ?? this.#wrap;
    const wrap = this.#wrap;
    if (wrap === null) return lines;
    while (!isLast && mayGoOn(lines.at(-1), wrap)) this.#open.unshift(...lines.splice(-1));
    return rejoin(lines, wrap);
  }

  /** Learns the prefixes of these lines. For a few lines at the end of a log, the known prefixes are kept. */
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

  /** The line as the machine printed it. */
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

/** `journalctl -o short-monotonic` prints the kernel's clock, then the host and the program. */
const monotonic = /^(\[ *\d+\.\d{6}\] )[\w.-]+ (?:kernel: |(?=[\w@().-]+\[\d+\]: ))/;

/** A recorder's clock in the kernel's format, in seconds since 1970. */
const sinceEpoch = /^\[1\d{9}\.\d{6}\] ?(?!\[ )/;

function withoutHost(text: string): string {
  return text.startsWith('[') ? text.replace(monotonic, '$1').replace(sinceEpoch, '') : text;
}

/** Whether half of the lines begin with the stamp of a kernel's record, so that they cannot have a prefix. */
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

/** At most `most` of them, in order. */
function spread(texts: readonly string[], most: number): string[] {
  const step = Math.ceil(texts.length / most);
  return texts.filter((_, index) => index % step === 0);
}

function unwrapped(line: ConsoleLine): ConsoleLine {
  const segments = unwrap(line.segments);
  return segments === line.segments ? line : { ...line, segments, text: segments.join(' ') };
}
