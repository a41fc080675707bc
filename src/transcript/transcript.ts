import type { ConsoleLine, LineSource, Skipped } from '../console/lines.ts';
import { ByteLines } from './byte-lines.ts';
import { learnPrefix } from './learn-prefix.ts';
import { learnPrefixes, Prefixes } from './prefixes.ts';
import { RawLine } from './raw-line.ts';
import type { Wrap } from './rejoin.ts';
import { mayGoOn, rejoin, wrapOf } from './rejoin.ts';
import { repair, unwrap } from './repair.ts';
import type { Look } from './skim.ts';
import { endOf, Skim } from './skim.ts';

/** How many lines are buffered before the first is returned. */
const window = 1024;
/** How many of them, spread over the window, are used to learn prefixes, and to decide whether that is necessary. */
const sample = 256;
const glance = 16;

const carriageReturn = 13;
const bracket = '['.charCodeAt(0);

/** Lines of a window as one text, in which a character is a byte, and the offset of its first byte. */
type Block = { text: string; from: number };

/** Anything other than ASCII, and control characters other than tabs and line ends. */
const odd = /[^\t\r\n\u0020-\u007E]|\r(?!\n)/g;

/** The first characters of lines that may be in another format (see `unwrap`). */
const mayWrap = Array.from('-{b', (character) => character.charCodeAt(0));

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
  #prefixes = new Prefixes([]);
  #learned = false;
  /** How a terminal or a mail program cut the lines. */
  #wrap: Wrap | null = null;
  /** Full lines at the end of the last window, which the next window may continue. */
  #open: RawLine[] = [];
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
      const block = this.#block(from, to);
      const lines = [...this.#open, ...this.#rawLines(from, to, block)];
      this.#open = [];
      const whole = this.#whole(lines, isLast);
      const rest = isLast && this.#bytes.hasRest ? [this.#raw(this.#bytes.count)] : [];
      this.#learn([...whole, ...rest]);
      if (this.#wrap !== null || !this.#prefixes.areNone) {
        yield* this.#withoutPrefixes(whole, block);
        return;
      }
    }
    for (let index = from; index < to; index += 1) {
      const [start, end] = this.#bytes.range(index);
      const look = this.#look(start, end, this.#line + index);
      if (look === 'plain') yield this.#plain(start, end, this.#line + index);
      else if (look === 'other') yield this.#asWritten(this.#raw(index));
    }
  }

  /** Yields the lines of a window as the machine printed them. */
  *#withoutPrefixes(lines: readonly RawLine[], { text, from }: Block): Iterable<ConsoleLine> {
    const isWhole = this.#wrap === null;
    for (const line of lines) {
      if (!isWhole) yield this.#asWritten(line);
      else if (!line.isPlain) {
        this.#skim.look(this.#bytes.bytes, line.from, line.to);
        yield this.#asWritten(line);
      } else {
        const start = from + this.#prefixes.behind(text, line.from - from);
        const look = this.#look(start, line.to, line.line);
        if (look === 'plain') yield this.#plain(start, line.to, line.line);
        else if (look === 'other') yield this.#asWritten(line);
      }
    }
  }

  #look(from: number, to: number, line: number): Look {
    const { bytes } = this.#bytes;
    return this.attentive
      ? this.#skim.look(bytes, from, to)
      : this.#skim.pass(bytes, from, to, line);
  }

  /** Whether the window, like those before it, has no prefixes and was not cut. */
  #isPlain(from: number, to: number): boolean {
    if (!this.#learned || !this.#prefixes.areNone || this.#wrap !== null) return false;
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

  #block(from: number, to: number): Block {
    const [start] = this.#bytes.range(from);
    const [end] = this.#bytes.range(to);
    return { text: this.#bytes.bytes.toString('latin1', start, end), from: start };
  }

  #rawLines(first: number, behind: number, block: Block): RawLine[] {
    const { bytes } = this.#bytes;
    const lines: RawLine[] = [];
    let odd = nextOdd(block, block.from);
    for (let index = first; index < behind; index += 1) {
      const [from, to] = this.#bytes.range(index);
      const isPlain = odd > to && !mayWrap.includes(bytes[from] ?? 0);
      if (odd <= to) odd = nextOdd(block, to + 1);
      lines.push(new RawLine(bytes, from, to, this.#line + index, isPlain));
    }
    return lines;
  }

  #raw(index: number): RawLine {
    const [from, to] = this.#bytes.range(index);
    return new RawLine(this.#bytes.bytes, from, to, this.#line + index, false);
  }

  /** A line of ASCII that needs no cleaning. */
  #plain(from: number, to: number, line: number): ConsoleLine {
    const { bytes } = this.#bytes;
    const text = bytes.toString('latin1', from, endOf(bytes, from, to));
    return { line, text, segments: [text] };
  }

  /** Joins lines that were cut. A last line that may continue is kept for the next window. */
  #whole(lines: RawLine[], isLast: boolean): RawLine[] {
    if (lines.length >= glance || this.#wrap === null)
      this.#wrap = wrapOf(lines, this.#prefixes) ?? this.#wrap;
    const wrap = this.#wrap;
    if (wrap === null) return lines;
    while (!isLast && mayGoOn(lines.at(-1), wrap))
      this.#open.unshift(...lines.splice(-1).map((line) => line.kept()));
    return rejoin(lines, wrap);
  }

  /** Learns the prefixes of these lines. For a few lines at the end of a log, the known prefixes are kept. */
  #learn(all: readonly RawLine[]): void {
    const lines = all.filter(({ isEmpty }) => !isEmpty);
    if (lines.length === 0 || (this.#learned && lines.length < glance)) return;
    const some = spread(lines, glance).map(({ start }) => start);
    if (this.#prefixes.fit(some)) return;
    if (this.#learned && this.#prefixes.areNone && learnPrefix(some) === null) return;
    this.#learned = true;
    this.#prefixes = learnPrefixes(spread(lines, sample).map(({ start }) => start));
  }

  /** The line as the machine printed it. */
  #asWritten(line: ConsoleLine): ConsoleLine {
    const { segments: raw, text: before } = line;
    const [first = '', ...others] = raw;
    const start = withoutHost(this.#prefixes.removeFrom(first));
    const segments = others.length === 0 ? repair(start) : [start, ...others].flatMap(repair);
    const text = segments.join(' ');
    if (text === before && segments.length === raw.length) return line;
    const shown = segments.length > 1 ? segments.filter((segment) => segment !== '') : segments;
    return unwrapped({ line: line.line, text: shown.join(' '), segments: shown });
  }
}

/** The offset of the next character that a plain line does not have. */
function nextOdd({ text, from }: Block, at: number): number {
  odd.lastIndex = at - from;
  const match = odd.exec(text);
  return match === null ? Infinity : from + match.index;
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

/** At most `most` of them, in order. */
function spread<T>(all: readonly T[], most: number): T[] {
  const step = Math.ceil(all.length / most);
  return all.filter((_, index) => index % step === 0);
}

function unwrapped(line: ConsoleLine): ConsoleLine {
  const segments = unwrap(line.segments);
  return segments === line.segments ? line : { ...line, segments, text: segments.join(' ') };
}
