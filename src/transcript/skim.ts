import { canBegin, isKnown } from '../boot/match.ts';

/** Lines that were passed over because no signature can know them, and what must be known of them all the same. */
export type Skipped = {
  lines: number;
  /** The newest printk time among them, in seconds; null where no record was among them. */
  clock: number | null;
  /** The last line of a program among them. */
  program: { line: number; text: string } | null;
  /** The last line that was not blank. */
  last: { line: number; text: string } | null;
};

/** A clock that falls back by more than this is looked at. Seconds; below what the boot machine calls a fall. */
const tolerance = 0.5;

const [newline, carriageReturn, blank, tilde, open, close, point, zero, nine, dash] = Array.from(
  '\n\r ~[].09-',
  (character) => character.charCodeAt(0),
) as [number, number, number, number, number, number, number, number, number, number];

/** Characters that copying or a recorder may have put there, or that make a line one of LAVA's or of JSON. */
const suspicious = new Set(Array.from('&^\\', (character) => character.charCodeAt(0)));
const wrapped = new Set(Array.from('-{b<0123456789', (character) => character.charCodeAt(0)));

/** A kernel that begins needs no stamp to be believed, and a text above a login prompt ends in its terminal. */
const kernelBegins = 'B'.charCodeAt(0);
const terminalEnds = new Set(Array.from('0123456789)e', (character) => character.charCodeAt(0)));

/** Looks at raw lines of a console whose kernel stamps its records, and tells which need no second look. */
export class Skim {
  #clock = 0;
  #skipped: Skipped = nothingSkipped();
  #program: [from: number, to: number, line: number] | null = null;
  #last: [from: number, to: number, line: number] | null = null;

  /**
   * Whether the line can be passed over; then it has been counted.
   * @param to where its newline is
   */
  pass(bytes: Buffer, from: number, to: number, line: number): boolean {
    let end = to > from && bytes[to - 1] === carriageReturn ? to - 1 : to;
    while (end > from && bytes[end - 1] === blank) end -= 1;
    if (end === from) {
      this.#skipped.lines += 1;
      return true;
    }
    const first = bytes[from] ?? 0;
    const body = first === open ? this.#stamp(bytes, from, end) : from;
    if (body === null || wrapped.has(first) || !isPlain(bytes, body, end)) return false;
    if (body > from ? knownRecord(bytes, body, end) : knownLine(bytes, from, end)) return false;
    if (body === from) this.#program = [from, end, line];
    else this.#skipped.clock = this.#clock;
    this.#last = [from, end, line];
    this.#skipped.lines += 1;
    return true;
  }

  /** Lines went by unseen: the next record is looked at, whatever its time. */
  lookAgain(): void {
    this.#clock = Infinity;
  }

  /** What has been passed over since it was asked last. Must be asked before the bytes change. */
  take(bytes: Buffer): Skipped | null {
    if (this.#skipped.lines === 0) return null;
    const text = (of: [from: number, to: number, line: number] | null): Skipped['last'] =>
      of === null ? null : { line: of[2], text: bytes.toString('latin1', of[0], of[1]) };
    const skipped = { ...this.#skipped, program: text(this.#program), last: text(this.#last) };
    this.#skipped = nothingSkipped();
    this.#program = null;
    this.#last = null;
    return skipped;
  }

  /** Where the record behind a stamp begins; null where it is no stamp, or one of another kernel. */
  #stamp(bytes: Buffer, from: number, end: number): number | null {
    let at = from + 1;
    while (bytes[at] === blank) at += 1;
    let seconds = 0;
    const digits = at;
    for (let code = bytes[at] ?? 0; code >= zero && code <= nine; code = bytes[++at] ?? 0)
      seconds = seconds * 10 + code - zero;
    if (at === digits || bytes[at] !== point || bytes[at + 7] !== close || at - from < 6)
      return null;
    for (let index = at + 1; index < at + 7; index += 1) {
      const code = bytes[index] ?? 0;
      if (code < zero || code > nine) return null;
    }
    const body = bytes[at + 8] === blank ? at + 9 : at + 8;
    if (body > end || seconds < this.#clock - tolerance) {
      this.#clock = seconds;
      return null;
    }
    this.#clock = seconds;
    return body;
  }
}

function nothingSkipped(): Skipped {
  return { lines: 0, clock: null, program: null, last: null };
}

/** Printable ASCII without anything that somebody has to take apart: no second stamp, no escape sequence. */
function isPlain(bytes: Buffer, from: number, end: number): boolean {
  for (let at = from; at < end; at += 1) {
    const code = bytes[at] ?? 0;
    if (code < blank || code > tilde || suspicious.has(code)) return false;
    if (code === open) {
      const next = bytes[at + 1] ?? 0;
      if (next === blank || (next >= zero && next <= nine)) return false;
    }
  }
  return true;
}

function knownRecord(bytes: Buffer, body: number, end: number): boolean {
  const first = bytes[body] ?? newline;
  // The end of a panic's report repeats the panic.
  if (first === dash) return true;
  return canBegin('record', first) && isKnown('record', bytes.toString('latin1', body, end));
}

function knownLine(bytes: Buffer, from: number, end: number): boolean {
  const first = bytes[from] ?? newline;
  if (first === kernelBegins || terminalEnds.has(bytes[end - 1] ?? 0)) return true;
  // Something may stand right behind a login prompt.
  if (bytes.subarray(from, end).includes(' login: ')) return true;
  return canBegin('program', first) && isKnown('program', bytes.toString('latin1', from, end));
}
