import type { ConsoleLine } from '../console/lines.ts';
import { cleanSegments } from '../console/lines.ts';
import { unwrap } from './repair.ts';

/** A line as it was recorded. Its text is made when it is asked for: the bytes must not change before. */
export class RawLine implements ConsoleLine {
  readonly line: number;
  readonly from: number;
  /** The offset of its newline. */
  readonly to: number;
  /** Whether the text is the bytes: ASCII without control characters, and not wrapped in another format. */
  readonly isPlain: boolean;
  readonly #bytes: Buffer;
  #segments: string[] | null = null;

  constructor(bytes: Buffer, from: number, to: number, line: number, isPlain: boolean) {
    this.#bytes = bytes;
    this.from = from;
    this.to = to;
    this.line = line;
    this.isPlain = isPlain;
  }

  get segments(): string[] {
    this.#segments ??= this.isPlain
      ? [this.#bytes.toString('latin1', this.from, this.from + this.length)]
      : unwrap(cleanSegments(this.#bytes.toString('utf8', this.from, this.to)));
    return this.#segments;
  }

  get text(): string {
    return this.segments.join(' ');
  }

  /** The first segment. */
  get start(): string {
    return this.segments[0] ?? '';
  }

  /** The length of the text. UTF-16 units. */
  get length(): number {
    if (!this.isPlain) return this.text.length;
    const hasReturn = this.to > this.from && this.#bytes[this.to - 1] === carriageReturn;
    return this.to - this.from - (hasReturn ? 1 : 0);
  }

  get isEmpty(): boolean {
    return this.isPlain ? this.length === 0 : this.start === '';
  }

  /** Whether the text may begin with one of these characters. */
  mayBeginWith(codes: readonly number[]): boolean {
    return !this.isPlain || codes.includes(this.#bytes[this.from] ?? 0);
  }

  /** The line with another text, of one segment. */
  withText(text: string): RawLine {
    const line = new RawLine(this.#bytes, this.from, this.to, this.line, false);
    line.#segments = [text];
    return line;
  }

  /** The same line, which no longer needs the bytes. */
  kept(): this {
    this.#segments = this.segments;
    return this;
  }
}

const carriageReturn = 13;
