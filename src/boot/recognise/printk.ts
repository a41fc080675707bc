import { findKernelText, matchesPrompt } from '../../signatures/match.ts';
/**
 * printk's prefix as it reaches a serial console: an optional `<level>`, the time with exactly six decimals in at
 * least twelve columns, and the caller (`[T12]`, `[C0]`) where the kernel was built to tell it. Linux, kernel/printk.
 * Mail programs make one blank of the several in front of a short time.
 */
const timed = /(?:<\d{1,3}>)?\[(?=[ \d]{5,}\.| +\d)( *\d{1,9}\.\d{6})\](?:\[ *[TC]\d{1,7}\])? ?/;

/**
 * The same with `printk.time=0`, as `dmesg -T` and `dmesg -H` write it, or with the left edge of a photograph cut off:
 * believed at the start of a line only.
 */
const untimed =
  /^(?:<\d{1,3}>)?(?:\[(?:[A-Z][a-z]{2} [A-Z][a-z]{2} +\d+ [\d:]{8} \d{4}|[A-Z][a-z]{2} ?\d\d? \d\d:\d\d| *\+\d+\.\d{6})\] |[\d.]{2,12}\] |\[ *\d{1,6}\.\d{0,6}\] ?)?(?:\[ *[TC]\d{1,7}\] )?/;

/** How a program is named that writes to the kernel's log. */
const quoter = /^[\w@.-]+\[\d+\]: $/;

/** Text one kernel printed as one record. A record is never interrupted: it runs to the end of its console line. */
export type PrintkRecord = {
  /** As on the console, from its prefix on. */
  text: string;
  /** Without the prefix. */
  body: string;
  /** The kernel's clock, null where the kernel does not print it. */
  seconds: number | null;
};

/**
 * Finds the records with a time stamp, which may begin anywhere in the line. Several in one line are what is left
 * when a machine was reset in the middle of a record. `at` is where the first begins.
 */
export function findTimedRecords(line: string): { at: number; records: PrintkRecord[] } | null {
  if (!line.includes('[')) return null;
  const match = timed.exec(line);
  if (match === null) return null;
  const at = match.index;
  const from = at + match[0].length;
  const behind = line.includes('[', from) ? findTimedRecords(line.slice(from)) : null;
  // A program that shows another log names itself in front of each line.
  const next = behind !== null && quoter.test(line.slice(from, from + behind.at)) ? null : behind;
  const end = next === null ? line.length : from + next.at;
  const record = {
    text: line.slice(at, end),
    body: line.slice(from, end),
    seconds: Number(match[1]),
  };
  return { at, records: [record, ...(next?.records ?? [])] };
}

/** Takes `line` from `at` on for a record without a time stamp. */
export function untimedRecord(line: string, at: number): PrintkRecord {
  const text = line.slice(at);
  return { text, body: at === 0 ? text.replace(untimed, '') : text, seconds: null };
}

/** How much can be believed of kernel text that has no time stamp. */
export type PrintkHabit = {
  /** Whether this kernel stamps its records; null until it has said something. */
  stamps: boolean | null;
  /** A kexec is under way, so its last words are to be expected anywhere. */
  leaving: boolean;
};

/** A physical line, taken apart: what a program wrote, and the kernel records that cut it off (to the end of the line). */
export type SplitLine = { program: string; records: PrintkRecord[] };

/** What syslog and journals put before a kernel's record. */
const quoted = /\d\d:\d\d:\d\d\S* (?:\S+ ){0,3}kernel: $/;

/** The first word of a kernel on a PC, where a kexec has begun. */
const banner = /^Linux version \d+\.\d+\S* \(/;

/** The end of a panic's report repeats the panic. */
const panicEnds = /^---\[ end Kernel panic/;

/** A program's line that stops within a word: what follows directly is not its own text. */
const insideWord = /[\w.!)/-]$/;

/**
 * Takes the kernel's record out of a line. With a time stamp it may begin anywhere. Without one, kernel text counts
 * where the line begins with it, or where it cuts a program's word or prompt in two; words *about* the kernel
 * have a space or a quote before them. A kernel that stamps its records says nothing without a stamp; only the
 * next kernel's first word does.
 */
export function splitKernelText(text: string, habit: PrintkHabit): SplitLine {
  const timed = findTimedRecords(text);
  // A line of a log that somebody shows has a date before it that the kernel's own lines have not.
  if (timed !== null && habit.stamps === true && quoted.test(text.slice(0, timed.at)))
    return { program: text, records: [] };
  if (timed !== null) return { program: text.slice(0, timed.at), records: timed.records };
  const whole = untimedRecord(text, 0);
  if (habit.stamps === true) {
    const newKernel =
      whole.body.startsWith('Booting Linux on physical CPU ') ||
      (habit.leaving && banner.test(whole.body));
    return newKernel ? { program: '', records: [whole] } : { program: text, records: [] };
  }
  if (panicEnds.test(whole.body)) return { program: '', records: [whole] };
  const at = findKernelText(whole.body, habit.leaving);
  if (at === 0) return { program: '', records: [whole] };
  if (at === null) return { program: text, records: [] };
  const program = text.slice(0, text.length - whole.body.length + at);
  const glued = insideWord.test(program) && !text.startsWith(' ', program.length);
  const cut = habit.leaving || glued || matchesPrompt(program);
  return cut
    ? { program, records: [untimedRecord(text, program.length)] }
    : { program: text, records: [] };
}
