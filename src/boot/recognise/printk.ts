import type { Match } from '../../signatures/match.ts';
import { findKernelText, matchesPrompt, matchRecord } from '../../signatures/match.ts';
import type { Signature } from '../../signatures/signature.ts';

/**
 * printk's prefix on a serial console: an optional `<level>`, the time with exactly six decimals in at least twelve
 * columns, and the caller (`[T12]`, `[C0]`) if the kernel was built to print it (Linux, kernel/printk). Mail programs
 * collapse the blanks in front of a short time.
 */
const timed = /(?:<\d{1,3}>)?\[(?=[ \d]{5,}\.| +\d)( *\d{1,9}\.\d{6})\](?:\[ *[TC]\d{1,7}\])? ?/;

/**
 * The prefix with `printk.time=0`, as `dmesg -T` and `dmesg -H` print it, or with the left edge of a photograph cut off.
 * Accepted at the start of a line only.
 */
const untimed =
  /^(?:<\d{1,3}>)?(?:\[(?:[A-Z][a-z]{2} [A-Z][a-z]{2} +\d+ [\d:]{8} \d{4}|[A-Z][a-z]{2} ?\d\d? \d\d:\d\d| *\+\d+\.\d{6})\] |[\d.]{2,12}\] |\[ *\d{1,6}\.\d{0,6}\] ?)?(?:\[ *[TC]\d{1,7}\] )?/;

/** The prefix of a program that writes to the kernel's log. */
const quoter = /^[\w@.-]+\[\d+\]: $/;

/** Text that a kernel printed as one record. A record is never interrupted, and ends with its console line. */
export type PrintkRecord = {
  /** As on the console, including its prefix. */
  text: string;
  /** Without the prefix. */
  body: string;
  /** The kernel's clock; null if the record has no timestamp. */
  seconds: number | null;
};

/**
 * Finds records with a timestamp, which may begin anywhere in the line. A line has several if the machine was reset in the
 * middle of a record. `at` is the offset of the first.
 */
function findTimedRecords(line: string): { at: number; records: PrintkRecord[] } | null {
  if (!line.includes('[')) return null;
  const match = timed.exec(line);
  if (match === null) return null;
  const at = match.index;
  const from = at + match[0].length;
  const behind = line.includes('[', from) ? findTimedRecords(line.slice(from)) : null;
  // A program that shows another log prefixes each line with its name.
  const next = behind !== null && quoter.test(line.slice(from, from + behind.at)) ? null : behind;
  const end = next === null ? line.length : from + next.at;
  const record = {
    text: line.slice(at, end),
    body: line.slice(from, end),
    seconds: Number(match[1]),
  };
  return { at, records: [record, ...(next?.records ?? [])] };
}

/** The text from `at` on as a record without a timestamp. */
function untimedRecord(line: string, at: number): PrintkRecord {
  const text = line.slice(at);
  return { text, body: at === 0 ? text.replace(untimed, '') : text, seconds: null };
}

/**
 * A line of the console in two parts: a program's text, and the kernel records that cut it off (to the end of the
 * line).
 */
type SplitLine = { program: string; records: PrintkRecord[] };

/** The prefix of a kernel's record in syslog and journals. */
const quoted = /\d\d:\d\d:\d\d\S* (?:\S+ ){0,3}kernel: $/;

/** The first line of a kernel on a PC after a kexec. */
const banner = /^Linux version \d+\.\d+\S* \(/;

/** The last line of a panic's report. */
const reportEnd = /^---\[ end Kernel panic/;

/** A program's line that ends within a word, so text directly after it is not its own. */
const insideWord = /[\w.!)/-]$/;

/** The panic in that line, which repeats it. Linux, kernel/panic.c */
const repeatedPanic = /^---\[ end (?<panic>Kernel panic - not syncing: .*?)(?: \]---)?$/;

/** Reads what the kernels of a boot print, and learns how each of them prints. */
export class KernelText {
  /** Whether this kernel prints timestamps; null until it has printed something. */
  #stamps: boolean | null = null;
  /** A kexec is under way, so the kernel's last messages may appear anywhere. */
  #leaving = false;
  /** Whether the newest kernel has panicked. */
  #panicked = false;

  /** Whether this kernel may print text without a timestamp. */
  get isUnmarked(): boolean {
    return this.#stamps !== true || this.#leaving;
  }

  /**
   * Separates the kernel's records from a program's text. With a timestamp, a record may begin anywhere. Without one, kernel
   * text counts at the start of the line, or where it cuts a program's word or prompt in two; text *about* the kernel has a
   * space or a quote before it. A kernel that prints timestamps prints nothing without one; only the first line of the next
   * kernel may lack it.
   */
  split(text: string): SplitLine {
    const timed = findTimedRecords(text);
    // Lines of a log that is shown begin with a date, which the kernel's own lines do not have.
    if (timed !== null && this.#stamps === true && quoted.test(text.slice(0, timed.at)))
      return { program: text, records: [] };
    if (timed !== null) return { program: text.slice(0, timed.at), records: timed.records };
    const whole = untimedRecord(text, 0);
    if (this.#stamps === true) {
      const newKernel =
        whole.body.startsWith('Booting Linux on physical CPU ') ||
        (this.#leaving && banner.test(whole.body));
      return newKernel ? { program: '', records: [whole] } : { program: text, records: [] };
    }
    if (reportEnd.test(whole.body)) return { program: '', records: [whole] };
    const at = findKernelText(whole.body, this.#leaving);
    if (at === 0) return { program: '', records: [whole] };
    if (at === null) return { program: text, records: [] };
    const program = text.slice(0, text.length - whole.body.length + at);
    const glued = insideWord.test(program) && !text.startsWith(' ', program.length);
    const cut = this.#leaving || glued || matchesPrompt(program);
    return cut
      ? { program, records: [untimedRecord(text, program.length)] }
      : { program: text, records: [] };
  }

  /** The signatures in a record. If a log contains only the end of a panic's report, the panic is read from there. */
  match({ body, seconds }: PrintkRecord): Match[] {
    if (seconds !== null) this.#stamps = true;
    const panic = this.#panicked ? undefined : repeatedPanic.exec(body)?.groups?.['panic'];
    return matchRecord(panic ?? body);
  }

  /** Each kernel may print timestamps or not. After a kexec or a reset, that is not known again. */
  learn({ id, meaning }: Signature, guestSeconds: number | null): void {
    if (
      meaning === 'kernel-starts' ||
      (meaning === 'kernel-names-itself' && guestSeconds === null)
    ) {
      this.#stamps = guestSeconds !== null;
      this.#leaving = false;
    }
    // A system that comes up runs on the next kernel.
    if (meaning !== null && comesUp.includes(meaning)) this.#leaving = false;
    this.#panicked = meaning === 'panic' || (this.#panicked && !startsKernel(meaning));
    if (meaning === 'kexec-starts' || id === 'cpus-disabling') this.#leaving = true;
    // After the last message, no more text of the old kernel arrives.
    if (meaning === 'kexec-leaves') this.#leaving = false;
    if (meaning === 'kexec-leaves' || meaning === 'reset' || meaning?.startsWith('firmware')) {
      this.#stamps = null;
    }
  }
}

const comesUp: readonly Signature['meaning'][] = [
  'kernel-names-itself',
  'initramfs-starts',
  'userspace-starts',
  'login',
  'proof',
];

/** Whether a message is among the first that a kernel prints. */
export function startsKernel(meaning: Signature['meaning']): boolean {
  return meaning === 'kernel-starts' || meaning === 'kernel-names-itself';
}
