import type { OutcomeId } from '../../model/vocabulary.ts';
import type { Failure } from '../machine/failures.ts';
import type { Recognised } from './recogniser.ts';

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

/** Judges whether a boot goes on after signs of trouble. */
export class LifeWatch {
  /** The time of the last sign of trouble, in seconds of the kernel's clock. */
  #since = 0;
  /** Records and lines since then that do not belong to it. */
  #records = 0;
  #lines = 0;

  /** Takes a sign of trouble. @param at its time, in seconds of the kernel's clock */
  trouble(at: number): void {
    this.#since = at;
    this.#records = 0;
    this.#lines = 0;
  }

  /**
   * Takes what one line shows, and returns whether the boot has gone on since the last sign of trouble.
   * @param isUp whether the system was up: then unknown lines may come from the recorder or another machine
   */
  hear(
    { sightings, clock, program: line }: Recognised,
    warnings: readonly Failure[],
    isUp: boolean,
  ): boolean {
    const since = this.#since;
    const goesOn = clock !== null && clock.seconds > since;
    if (goesOn && sightings.length === 0 && !report.test(clock.body)) this.#records += 1;
    if (line !== null && !belongs(line.text)) this.#lines += 1;
    if (goesOn && program.test(clock.body)) return true;
    if (!isUp && this.#lines >= enough) return true;
    const needed = Math.max(...warnings.map(({ outcome }) => proves[outcome] ?? longest));
    return this.#records >= enough && clock !== null && clock.seconds - since >= needed;
  }
}
