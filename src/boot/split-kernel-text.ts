import type { PrintkRecord } from './printk.ts';
import { findTimedRecords, untimedRecord } from './printk.ts';
import { findKernelText, matchesPrompt } from './match.ts';

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
