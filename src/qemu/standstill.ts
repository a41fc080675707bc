import type { CpuSample } from '../boot/cpu-sample.ts';

/** What the host's kernel tells of one thread of QEMU's. */
export type ThreadPulse = {
  tid: number;
  /** The state letter of proc_pid_stat(5). */
  state: string;
  /** How long it had a host CPU, in milliseconds, and how often it was given one. */
  cpuMs: number;
  turns: number;
};

/** One look at QEMU's process from outside. */
export type Pulse = {
  /** Host milliseconds of a monotonic clock. */
  at: number;
  /** When the question was put to QEMU that it has not answered yet, on the same clock; null where there is none. */
  askedAt: number | null;
  /** QEMU's main thread, which answers questions, first. */
  threads: ThreadPulse[];
};

/**
 * How QEMU itself stands still. In none of these cases has the guest anything to say in it.
 *
 * - `spinning`: its main loop waits for a lock that a busy thread of its own never gives back (QEMU 8.2 with
 *   `-icount sleep=off`, at a disk's answer).
 * - `asleep`: a question waits for its answer, and no thread runs or waits for the host's disk.
 * - `stopped`: a signal has stopped the process (SIGSTOP), and nobody lets it go on.
 * - `counting-nothing`: it uses CPU time, but executes no instruction, and the guest's clock has stopped.
 */
export type Standstill = 'spinning' | 'asleep' | 'stopped' | 'counting-nothing';

/** How long each must last, in host milliseconds. A process that is stopped for some seconds is let go on as a rule. */
export type Patience = { spinning: number; asleep: number; stopped: number };

export const usualPatience: Patience = { spinning: 10_000, asleep: 20_000, stopped: 60_000 };

/** A busy thread of a busy host gets at least this share of a CPU. */
const leastShare = 1 / 20;

/** Looks that are further apart (of a process that was stopped itself, on a host that was suspended) prove nothing. */
const longestGap = 5_000;

/** How many looks it takes, however long they last. */
const fewestLooks = 8;

/**
 * Judges a row of looks at QEMU, in order; null while nothing is certain. A guest that is slow, halted for good or starved by
 * a busy host is none of these: QEMU's main thread is given a turn then whenever it is asked something, or is
 * seen waiting for one (state R). The same goes for a slow disk: who waits for it is in state D.
 */
export function findStandstill(pulses: readonly Pulse[], patience: Patience): Standstill | null {
  if (lasts(tail(pulses, isStopped), patience.stopped)) return 'stopped';
  const unanswered = tail(pulses, mainThreadSleeps);
  const used = cpuTime(unanswered);
  const mostlyBusy = used >= leastShare * patience.spinning;
  if (mostlyBusy && lasts(unanswered, patience.spinning)) return 'spinning';
  const quiet = tail(unanswered, (pulse, newest) => allSleep(pulse, newest));
  return lasts(quiet, patience.asleep) ? 'asleep' : null;
}

/** How long a QEMU may use a host CPU without executing an instruction, in milliseconds on the clock and of the CPU. */
const countingNothing = { spanMs: 10_000, cpuMs: 5_000 };

/**
 * Whether the CPUs execute nothing although they run, by the samples of a silence, in order. A guest that is halted uses
 * no CPU time, and one that waits has a clock that goes on.
 */
export function countsNothing(samples: readonly CpuSample[]): boolean {
  const newest = samples.at(-1);
  if (newest === undefined || newest.executedSeconds === null) return false;
  const moved = samples.findLastIndex(
    ({ executedSeconds, guestSeconds }) =>
      executedSeconds !== newest.executedSeconds || guestSeconds !== newest.guestSeconds,
  );
  const first = samples[moved + 1] ?? newest;
  return (
    samples.length - moved > fewestLooks &&
    newest.at - first.at >= countingNothing.spanMs &&
    newest.cpuMs - first.cpuMs >= countingNothing.cpuMs
  );
}

function isStopped({ threads: [main] }: Pulse): boolean {
  return main?.state === 'T';
}

/** It waits for something other than the disk, has not run since, and the question is still the same. */
function mainThreadSleeps({ askedAt, threads: [main] }: Pulse, newest: Pulse): boolean {
  const now = newest.threads[0];
  const sameQuestion = askedAt !== null && askedAt === newest.askedAt;
  return sameQuestion && main?.state === 'S' && sameAccount(main, now);
}

function allSleep({ threads }: Pulse, newest: Pulse): boolean {
  return threads.every((thread) => {
    const now = newest.threads.find(({ tid }) => tid === thread.tid);
    return thread.state === 'S' && sameAccount(thread, now);
  });
}

function sameAccount(thread: ThreadPulse, other: ThreadPulse | undefined): boolean {
  return thread.cpuMs === other?.cpuMs && thread.turns === other.turns;
}

/** The newest looks of which all hold, without a gap between them. */
function tail(
  pulses: readonly Pulse[],
  holds: (pulse: Pulse, newest: Pulse) => boolean,
): readonly Pulse[] {
  const newest = pulses.at(-1);
  if (newest === undefined) return [];
  const broken = pulses.findLastIndex((pulse, index) => {
    const next = pulses[index + 1] ?? pulse;
    return !holds(pulse, newest) || next.at - pulse.at > longestGap;
  });
  return pulses.slice(broken + 1);
}

function lasts(pulses: readonly Pulse[], milliseconds: number): boolean {
  const [first, last] = [pulses[0], pulses.at(-1)];
  if (first === undefined || last === undefined || pulses.length < fewestLooks) return false;
  return last.at - first.at >= milliseconds;
}

/** What all threads that are there from the first look to the last have used. */
function cpuTime(pulses: readonly Pulse[]): number {
  const last = pulses.at(-1)?.threads ?? [];
  const used = last.map(({ tid, cpuMs }) => {
    const before = pulses[0]?.threads.find((thread) => thread.tid === tid);
    return before === undefined ? 0 : cpuMs - before.cpuMs;
  });
  return used.reduce((sum, each) => sum + each, 0);
}
