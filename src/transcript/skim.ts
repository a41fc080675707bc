/**
 * Skips lines of a log without making strings of them: those that need no cleaning and that no signature can match. See "How a
 * log is read" in docs/architecture.md.
 */
import type { Skipped } from '../console/lines.ts';
import { lineScan, marks, isOneOf } from '../signatures/match.ts';

/** `passed` over, `plain` (ASCII that needs no cleaning but may match a signature), or `other`. */
export type Look = 'passed' | 'plain' | 'other';

/** A line's bytes and its number, which is 0 if there is none. Objects are reused, because there are very many lines. */
type Range = { from: number; to: number; line: number };

/** A record whose clock falls back by more than this is not skipped. Seconds, less than the boot machine's own limit. */
const tolerance = 0.5;

const [tab, newline, carriageReturn, blank, open, close, point, zero, nine, dash] = Array.from(
  '\t\n\r [].09-',
  (character) => character.charCodeAt(0),
) as [number, number, number, number, number, number, number, number, number, number];

/** The first characters of lines that may be from LAVA, JSON, Python or another recorder. */
const wrapped = new Set(Array.from('-{b<0123456789', (character) => character.charCodeAt(0)));

/** The first character of a kernel's first message (`Booting Linux`), which may have no stamp. */
const kernelBegins = 'B'.charCodeAt(0);

/** Decides which raw lines of a console need no further work. */
export class Skim {
  #clock = 0;
  /** The time in the stamp that was read last. */
  #seconds = 0;
  #skipped: Skipped = nothingSkipped();
  readonly #program: Range = { from: 0, to: 0, line: 0 };
  readonly #last: Range = { from: 0, to: 0, line: 0 };

  /**
   * Skips and counts the line if it needs no cleaning and no signature can match it.
   * @param to the offset of its newline
   */
  pass(bytes: Buffer, from: number, to: number, line: number): Look {
    const end = endOf(bytes, from, to);
    if (end === from) {
      this.#skipped.lines += 1;
      return 'passed';
    }
    const first = bytes[from] ?? 0;
    const body = first === open ? this.#stamp(bytes, from, end) : from;
    const fellBack = body > from && this.#fellBack();
    if (body === none || wrapped.has(first)) return 'other';
    const found = lineScan.bytes(bytes, body, end);
    if (isStrange(bytes, body, end, found)) return 'other';
    if (fellBack) return 'plain';
    const isKnown = body > from ? knownRecord : knownLine;
    if (isKnown(bytes, body, end, found)) return 'plain';
    if (body === from) set(this.#program, from, end, line);
    else this.#skipped.clock = this.#clock;
    set(this.#last, from, end, line);
    this.#skipped.lines += 1;
    return 'passed';
  }

  /** The same for a line that must not be skipped. The next record is not skipped either, whatever its time. */
  look(bytes: Buffer, from: number, to: number): Look {
    this.#clock = Infinity;
    const end = endOf(bytes, from, to);
    const first = bytes[from] ?? 0;
    const body = first === open ? this.#stamp(bytes, from, end) : from;
    if (body === none || wrapped.has(first)) return 'other';
    return isStrange(bytes, body, end, lineScan.bytes(bytes, body, end)) ? 'other' : 'plain';
  }

  /** The lines that were skipped since the last call. Must be called before the bytes change. */
  take(bytes: Buffer): Skipped | null {
    if (this.#skipped.lines === 0) return null;
    const skipped = this.#skipped;
    skipped.program = textOf(bytes, this.#program);
    const isSame = this.#last.line === this.#program.line;
    skipped.last = isSame ? skipped.program : textOf(bytes, this.#last);
    this.#skipped = nothingSkipped();
    this.#program.line = 0;
    this.#last.line = 0;
    return skipped;
  }

  /** Whether the last stamp is earlier than the one before, as if another kernel printed it. */
  #fellBack(): boolean {
    const before = this.#clock;
    this.#clock = this.#seconds;
    return this.#seconds < before - tolerance;
  }

  /** The offset of the record after a stamp; `none` if there is no valid stamp. */
  #stamp(bytes: Buffer, from: number, end: number): number {
    let at = from + 1;
    while (bytes[at] === blank) at += 1;
    let seconds = 0;
    const digits = at;
    for (let code = bytes[at] ?? 0; code >= zero && code <= nine; code = bytes[++at] ?? 0)
      seconds = seconds * 10 + code - zero;
    if (
      at === digits ||
      at - digits > 9 ||
      bytes[at] !== point ||
      bytes[at + 7] !== close ||
      at - from < 6
    )
      return none;
    let micros = 0;
    for (let index = at + 1; index < at + 7; index += 1) {
      const code = bytes[index] ?? 0;
      if (code < zero || code > nine) return none;
      micros = micros * 10 + code - zero;
    }
    const body = bytes[at + 8] === blank ? at + 9 : at + 8;
    if (body > end) return none;
    this.#seconds = seconds + micros / 1e6;
    return body;
  }
}

const none = -1;

function nothingSkipped(): Skipped {
  return { lines: 0, clock: null, program: null, last: null };
}

function set(range: Range, from: number, to: number, line: number): void {
  range.from = from;
  range.to = to;
  range.line = line;
}

function textOf(bytes: Buffer, { from, to, line }: Range): Skipped['last'] {
  return line === 0 ? null : { line, text: bytes.toString('latin1', from, to) };
}

/** A stamp, a caller, a colour without its ESC, or a host and a program as in a journal. */
const notOwn = /\[(?:[ \d]{5,}\.| +\d| *[TC]\d|\d[\d;]*m)|^[\w.-]+ [\w@().-]+\[\d+\]: /;

function isStrange(bytes: Buffer, from: number, end: number, found: readonly number[]): boolean {
  if (found.includes(marks.strange)) return true;
  return found.includes(marks.bracket) && notOwn.test(bytes.toString('latin1', from, end));
}

/** The end of a line without trailing blanks and its carriage return. */
export function endOf(bytes: Uint8Array, from: number, to: number): number {
  let end = to > from && bytes[to - 1] === carriageReturn ? to - 1 : to;
  while (end > from && (bytes[end - 1] === blank || bytes[end - 1] === tab)) end -= 1;
  return end;
}

function knownRecord(bytes: Buffer, body: number, end: number, found: readonly number[]): boolean {
  // The end of a panic's report repeats the panic.
  if ((bytes[body] ?? newline) === dash) return true;
  return found.length > 0 && isOneOf('record', bytes.toString('latin1', body, end), found);
}

function knownLine(bytes: Buffer, from: number, end: number, found: readonly number[]): boolean {
  if (bytes[from] === kernelBegins || found.includes(marks.terminal)) return true;
  return found.length > 0 && isOneOf('program', bytes.toString('latin1', from, end), found);
}
