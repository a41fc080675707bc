import stripAnsi from 'strip-ansi';

/** A longer line keeps its two ends: a prompt or a kernel's last words are at the end of it. Bytes. */
const longestLine = 4096;
const keptEnd = longestLine / 2;
const gap = '…';
const nothing = Buffer.alloc(0);

/** One line of the raw console, which ends at `\n`. */
export type ConsoleLine = {
  /** 1-based. */
  line: number;
  /** The line, cleaned; of a line longer than 4096 bytes the two ends. */
  text: string;
  /** The same, cut where the cursor jumped (`\r`, cursor positioning); where bytes are left out there is a `…`. */
  segments: string[];
};

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

/** Where the lines of a console come from. */
export type LineSource = {
  /** Takes the next bytes; returns the lines they complete. */
  feed(chunk: Uint8Array): Iterable<ConsoleLine>;
  /** Returns what is complete and was kept back. */
  flush(): Iterable<ConsoleLine>;
  /** The line that is not complete yet, as far as it has come; null where a line would begin. */
  readonly rest: ConsoleLine | null;
  /** The bytes are over: returns all that is left, the last line even if it had no newline. */
  end(): Iterable<ConsoleLine>;
  /** Whether every line is wanted; if not, a source may pass over those that no signature knows. */
  attentive?: boolean;
  /** What has been passed over before the line that was returned last. */
  takeSkipped?(): Skipped | null;
};

/** Cuts a byte stream into cleaned lines. Never holds more than 8 KiB; how the bytes are chunked cannot matter. */
export class LineSplitter implements LineSource {
  #line = 1;
  #start: Buffer = nothing;
  /** The last bytes of a line that has outgrown `#start`. */
  #end: Buffer | null = null;

  feed(chunk: Uint8Array): ConsoleLine[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const lines: ConsoleLine[] = [];
    let from = 0;
    for (let to = bytes.indexOf(10); to !== -1; to = bytes.indexOf(10, from)) {
      this.#append(bytes.subarray(from, to));
      lines.push(this.#take());
      from = to + 1;
    }
    this.#append(bytes.subarray(from));
    // The chunk belongs to the caller, who may write the next one over it.
    this.#start = Buffer.from(this.#start);
    return lines;
  }

  flush(): ConsoleLine[] {
    return [];
  }

  get rest(): ConsoleLine | null {
    return this.#start.length === 0 ? null : this.#build();
  }

  end(): ConsoleLine[] {
    return this.#start.length === 0 ? [] : [this.#take()];
  }

  #append(bytes: Buffer): void {
    if (this.#end === null) {
      const whole = this.#start.length === 0 ? bytes : Buffer.concat([this.#start, bytes]);
      if (whole.length <= longestLine) {
        this.#start = whole;
      } else {
        this.#start = Buffer.from(whole.subarray(0, keptEnd));
        this.#end = Buffer.from(whole.subarray(-keptEnd));
      }
    } else {
      this.#end = Buffer.concat([this.#end, bytes.subarray(-keptEnd)]).subarray(-keptEnd);
    }
  }

  #take(): ConsoleLine {
    const line = this.#build();
    this.#line += 1;
    this.#start = nothing;
    this.#end = null;
    return line;
  }

  #build(): ConsoleLine {
    const segments = cleanSegments(this.#start.toString());
    if (this.#end !== null) {
      const [first = '', ...others] = cleanSegments(this.#end.toString());
      const last = segments.pop() ?? '';
      segments.push(last + gap, gap + first, ...others);
    }
    return { line: this.#line, text: segments.join(' '), segments };
  }
}

/** Where a terminal would begin to write somewhere else: a carriage return, a cursor position, an erased screen. */
const newPosition = /\r+|\u001B\[[\d;]*[HJf]/;

/** Anything but printable ASCII: only then is there something to clean. */
const suspicious = /[^\u0020-\u007E]/;

/** Nothing but printable ASCII and colours, as most lines are that are not plain. */
const coloured = /^(?:[\u0020-\u007E]|\u001B\[[\d;]*m)*$/;
const colour = /\u001B\[[\d;]*m/g;

/** Strings for the terminal itself (APC, DCS, PM, SOS), which CI systems put their time stamps into. */
const strings = /\u001B[_P^X][^\u0007\u001B]*(?:\u0007|\u001B\\)/g;

/** A serial line puts NULs anywhere, also inside of an escape sequence. */
const nul = /\0/g;

/** Blanks that do not break, as mail programs and web pages write them. */
const otherBlanks = /[\u00A0\u2007\u202F]/g;

/** Control characters but the tab, and characters that only steer how others are shown. */
const invisible = /[^\P{Cc}\t]|[\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * Cleans one raw console line and cuts it into what stood on screen lines of its own. Escape sequences, control
 * characters and invisible format characters are gone; never empty (an empty line is `['']`).
 */
export function cleanSegments(raw: string): string[] {
  const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
  if (!suspicious.test(line)) return [line];
  if (coloured.test(line)) return [line.replace(colour, '')];
  const segments = line
    .replace(nul, '')
    .replace(strings, '')
    .split(newPosition)
    .map((segment) => stripAnsi(segment).replace(invisible, '').replace(otherBlanks, ' '))
    .filter((segment) => segment !== '');
  return segments.length === 0 ? [''] : segments;
}
