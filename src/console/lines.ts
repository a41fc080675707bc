import stripAnsi from 'strip-ansi';

/** Of a longer line both ends are kept, because a prompt or a kernel's last message is at its end. Bytes. */
const longestLine = 4096;
const keptEnd = longestLine / 2;
const gap = '…';
const nothing = Buffer.alloc(0);

/** One line of the console, cleaned. */
export type ConsoleLine = {
  /** 1-based. */
  line: number;
  /** The line without control characters; of a line longer than 4096 bytes only both ends. */
  text: string;
  /** The same, cut where the cursor moved (`\r`, cursor positioning). A `…` marks omitted bytes. */
  segments: string[];
};

/** Lines that were skipped because no signature can match them, and the facts about them that are still needed. */
export type Skipped = {
  lines: number;
  /** The latest printk time among them, in seconds; null if none is a kernel's record. */
  clock: number | null;
  /** The last of them that a program printed. */
  program: { line: number; text: string } | null;
  /** The last of them that is not blank. */
  last: { line: number; text: string } | null;
};

/** A source of console lines. */
export type LineSource = {
  /** Takes the next bytes and returns the lines that they complete. */
  feed(chunk: Uint8Array): Iterable<ConsoleLine>;
  /** Returns complete lines that were kept back. */
  flush(): Iterable<ConsoleLine>;
  /** The unfinished line; null at the beginning of a line. */
  readonly rest: ConsoleLine | null;
  /** Ends the input and returns the remaining lines, including a last line without a newline. */
  end(): Iterable<ConsoleLine>;
  /** Whether all lines are needed. Otherwise a source may skip lines that no signature can match. */
  attentive?: boolean;
  /** The lines that were skipped before the line that was returned last. */
  takeSkipped?(): Skipped | null;
};

/** Splits a byte stream into cleaned lines. Holds at most 8 KiB. The result does not depend on how the bytes are chunked. */
export class LineSplitter implements LineSource {
  #line = 1;
  #start: Buffer = nothing;
  /** The last bytes of a line that is longer than `#start` may be. */
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
    // The caller may reuse the chunk for the next bytes.
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

/** Sequences that move the cursor: a carriage return, a cursor position, an erased screen. */
const newPosition = /\r+|\u001B\[[\d;]*[HJf]/;

/** Anything other than printable ASCII and the ellipsis of systemd, without which there is nothing to clean. */
const suspicious = /[^\u0020-\u007E\u2026]/;

/** Only those and colours, as in most lines that are not plain. */
const coloured = /^(?:[\u0020-\u007E\u2026]|\u001B\[[\d;]*m)*$/;
const colour = /\u001B\[[\d;]*m/g;

/** Strings for the terminal itself (APC, DCS, PM, SOS), in which CI systems put their time stamps. */
const strings = /\u001B[_P^X][^\u0007\u001B]*(?:\u0007|\u001B\\)/g;

/** A serial line can insert NULs anywhere, even inside an escape sequence. */
const nul = /\0/g;

/** Non-breaking spaces, which mail programs and web pages use. */
const otherBlanks = /[\u00A0\u2007\u202F]/g;

/** Control characters other than the tab, and invisible format characters. */
const invisible = /[^\P{Cc}\t]|[\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * Cleans a raw console line, and cuts it where the cursor moved. Removes escape sequences, control characters and invisible
 * format characters. The result is never empty (an empty line gives `['']`).
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
