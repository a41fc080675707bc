import type { OutcomeId } from '../../model/vocabulary.ts';
import type { Failure } from '../machine/failures.ts';
import type { Recognised } from './recogniser.ts';

/** What was printed since the last sign of trouble and does not belong to it. */
export type Calm = { records: number; lines: number };

export const noCalm: Calm = { records: 0, lines: 0 };

/**
 * How long kernel records must go on to prove life, in seconds of the kernel's clock. After a fatal oops, other CPUs and
 * timers work for a few more seconds. Watchdogs report a hang repeatedly: soft lockups every half minute, stalls every
 * minute, blocked tasks every two.
 */
const proves: Partial<Record<OutcomeId, number>> = { 'kernel-panic': 10, 'kernel-hang': 130 };
const longest = 130;

/** Records or lines that prove life: one record may have been on its way, and one line may be the recorder's. */
const enough = 3;

/** Programs that write to the kernel's log: `systemd[1]: `. */
const program = /^[\w@.-]+\[\d+\]: /;

/**
 * What kernels print in the report of an oops, a lock-up or a stall: registers, stacks, code, states of CPUs and tasks.
 */
const report =
  /^(?:\s|Pid: |[\w ]{1,12}: ?[0-9a-f]{8}|CPU: |Hardware name|Modules linked|Call [Tt]race|Code: |Stack|Process |Workqueue: |task:|pstate|\w{1,3} ?: |\w{2} is at|Flags: |Control: |Register |Backtrace|---\[|R[A-Z0-9]{1,2}[:P]|CR\d|Mem abort|Data abort|user pgtable|swapper pgtable|\[[0-9a-f<]|pgd|note: |Fixing recursive|rcu|NMI|Sending NMI|Kernel Offset|SMP: |irq event|\w+irqs|handlers:|"echo |INFO: |Exception |Tainted|x\d|\(?[\w.]+\+0x|[0-9a-f?]{8,16}(?: |$)|r\d{1,2}:|\(\w+\)|bl?r? )/;

/** Whether a line without a timestamp is the kernel's: it begins with a log level, or is part of a report. */
function belongs(text: string): boolean {
  return /^<\d>/.test(text) || report.test(text);
}

/** Adds what one line of the console shows. */
export function later(
  calm: Calm,
  { sightings, clock, program: line }: Recognised,
  since: number,
): Calm {
  const foreign =
    clock !== null && sightings.length === 0 && clock.seconds > since && !report.test(clock.body);
  return {
    records: calm.records + (foreign ? 1 : 0),
    lines: calm.lines + (line === null || belongs(line.text) ? 0 : 1),
  };
}

/**
 * Whether the boot has gone on since the last sign of trouble.
 * @param since the time of that sign, in seconds of the kernel's clock
 * @param isUp whether the system was up: then unknown lines may come from the recorder or another machine
 */
export function isAlive(
  warnings: readonly Failure[],
  {
    calm,
    clock,
    since,
    isUp,
  }: { calm: Calm; clock: Recognised['clock']; since: number; isUp: boolean },
): boolean {
  if (clock !== null && clock.seconds > since && program.test(clock.body)) return true;
  if (!isUp && calm.lines >= enough) return true;
  const needed = Math.max(...warnings.map(({ outcome }) => proves[outcome] ?? longest));
  return calm.records >= enough && clock !== null && clock.seconds - since >= needed;
}
