import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ThreadAccount } from '../host/processes.ts';
import { threadAccount } from '../host/processes.ts';
import type { Machine } from './machine.ts';

/** The account of one of QEMU's threads. */
export type ThreadPulse = Omit<ThreadAccount, 'waitedMs'> & { tid: number };

/** One sample of QEMU's process from outside. */
export type Pulse = {
  /** Host milliseconds of a monotonic clock. */
  at: number;
  /** When the pending query was sent to QEMU, on the same clock; null if no query is pending. */
  askedAt: number | null;
  /** The main thread, which answers queries, comes first. */
  threads: ThreadPulse[];
};

/**
 * How QEMU itself hangs. The guest cannot cause any of these.
 *
 * - `spinning`: a query is pending while QEMU loops. Either the main thread waits for a lock that
 *   a busy thread never releases, or it loops in one command itself. QEMU 8.2 with `-icount sleep=off` does the first
 *   when a disk answers, and the second when it is stopped at that point.
 * - `asleep`: a query is pending, and no thread runs or waits for the host's disk.
 * - `stopped`: a signal has stopped the process (SIGSTOP), and nothing continues it.
 *
 * An instruction count that stops proves nothing while QEMU answers: a guest that takes fault after fault in its first
 * instruction completes none.
 */
type Standstill = 'spinning' | 'asleep' | 'stopped';

/** How long each kind must last, in host milliseconds. A process that is stopped for a few seconds usually continues. */
export type Patience = { spinning: number; asleep: number; stopped: number };

export const usualPatience: Patience = { spinning: 10_000, asleep: 20_000, stopped: 60_000 };

type Options = {
  patience?: Patience;
  /** How often to sample, in host milliseconds. */
  every?: number;
  /** Ends the watching. */
  signal: AbortSignal;
};

/** More samples than any decision needs. */
const kept = 200;

/**
 * Watches QEMU from outside: always has a query pending, and samples QEMU's threads. Resolves with the kind of
 * standstill once it is certain, and with null if QEMU has ended or `signal` fires.
 */
export async function watchForStandstill(
  machine: Pick<Machine, 'pid' | 'execute' | 'exited'>,
  { patience = usualPatience, every = 1000, signal }: Options,
): Promise<Standstill | null> {
  const gone = new AbortController();
  void machine.exited.then(() => {
    gone.abort();
  });
  const over = AbortSignal.any([signal, gone.signal]);
  let askedAt: number | null = null;
  const ask = (): void => {
    if (askedAt !== null) return;
    askedAt = performance.now();
    const answered = (): void => {
      askedAt = null;
    };
    // A refusal is an answer too, and so is the end of the connection, which is reported elsewhere.
    machine.execute('query-status').then(answered, answered);
  };
  let pulses: Pulse[] = [];
  while (!over.aborted) {
    ask();
    await sleep(every, undefined, { signal: over }).catch(() => undefined);
    const threads = await readThreads(machine.pid);
    // Handle an answer that has arrived in the meantime first.
    await sleep(0);
    pulses = [...pulses.slice(1 - kept), { at: performance.now(), askedAt, threads }];
    const found = findStandstill(pulses, patience);
    if (found !== null) return found;
  }
  return null;
}

/** A busy thread on a busy host gets at least this share of a CPU; an answer needs a thousandth of that. */
const leastShare = 1 / 10;

/** Samples further apart prove nothing: this process was stopped, or the host was suspended. Milliseconds. */
const longestGap = 5_000;

/** The minimum number of samples, however much time they cover. */
const fewestSamples = 8;

/**
 * Judges a series of samples of QEMU, in order; null while nothing is certain. None of these is a standstill:
 *
 * - a slow or halted guest: QEMU's main thread answers;
 * - a busy host: the main thread waits for a CPU (state R) and uses hardly any CPU time;
 * - a slow disk: the thread that waits for it is in state D.
 */
export function findStandstill(pulses: readonly Pulse[], patience: Patience): Standstill | null {
  if (lasts(tail(pulses, isStopped), patience.stopped)) return 'stopped';
  const spins = (samples: readonly Pulse[], which: Which): boolean =>
    lasts(samples, patience.spinning) && cpuTime(samples, which) >= leastShare * patience.spinning;
  if (spins(tail(pulses, mainThreadSleeps), isOther)) return 'spinning';
  if (spins(tail(pulses, unanswered), isMain)) return 'spinning';
  return lasts(tail(pulses, allSleep), patience.asleep) ? 'asleep' : null;
}

function isStopped({ threads: [main] }: Pulse): boolean {
  return main?.state === 'T';
}

/** Whether the same query is still pending, and the main thread waits neither for the disk nor for a signal. */
function unanswered({ askedAt, threads: [main] }: Pulse, newest: Pulse): boolean {
  const sameQuery = askedAt !== null && askedAt === newest.askedAt;
  return sameQuery && (main?.state === 'S' || main?.state === 'R');
}

/** Whether the main thread has also not run since. */
function mainThreadSleeps(pulse: Pulse, newest: Pulse): boolean {
  const [main] = pulse.threads;
  return unanswered(pulse, newest) && main?.state === 'S' && sameAccount(main, newest.threads[0]);
}

/** Whether no thread has run since. */
function allSleep(pulse: Pulse, newest: Pulse): boolean {
  const { threads } = pulse;
  const asleep = threads.every((thread) => {
    const now = newest.threads.find(({ tid }) => tid === thread.tid);
    return thread.state === 'S' && sameAccount(thread, now);
  });
  return asleep && unanswered(pulse, newest);
}

function sameAccount(thread: ThreadPulse, other: ThreadPulse | undefined): boolean {
  return thread.cpuMs === other?.cpuMs && thread.turns === other.turns;
}

/** The newest samples for which `holds` is true, without a gap between them. */
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
  if (first === undefined || last === undefined || pulses.length < fewestSamples) return false;
  return last.at - first.at >= milliseconds;
}

type Which = (thread: ThreadPulse, index: number) => boolean;
const isMain: Which = (_, index) => index === 0;
const isOther: Which = (_, index) => index > 0;

/** The CPU time of the threads that exist from the first sample to the last. Milliseconds. */
function cpuTime(pulses: readonly Pulse[], which: Which): number {
  const last = (pulses.at(-1)?.threads ?? []).filter(which);
  const used = last.map(({ tid, cpuMs }) => {
    const before = pulses[0]?.threads.find((thread) => thread.tid === tid);
    return before === undefined ? 0 : cpuMs - before.cpuMs;
  });
  return used.reduce((sum, each) => sum + each, 0);
}

/** The message for the user, and what to do. */
export function describeStandstill(
  found: Standstill,
  { spinning, asleep, stopped }: Patience = usualPatience,
): { message: string; hint: string } {
  const anotherQemu =
    'This is a fault of QEMU, not of the guest. Try another QEMU with --qemu-dir; `kexec-lab doctor` lists the installed ones.';
  const seconds = (milliseconds: number): string => `${Math.round(milliseconds / 1000)} s`;
  switch (found) {
    case 'spinning':
      return {
        message: `QEMU hangs: it has not answered for ${seconds(spinning)}, although it keeps a host CPU busy`,
        hint: anotherQemu,
      };
    case 'asleep':
      return {
        message: `QEMU hangs: it has not answered for ${seconds(asleep)}, and none of its threads has run`,
        hint: anotherQemu,
      };
    case 'stopped':
      return {
        message: `QEMU has been stopped by a signal for ${seconds(stopped)} (process state T)`,
        hint: 'Find out which process sent SIGSTOP to it, and run the case again.',
      };
  }
}

/**
 * The accounts of the threads of a process, its main thread first. Empty if the main thread is gone, or
 * the kernel keeps no such account. A thread that ends in the meantime is omitted.
 */
export async function readThreads(pid: number): Promise<ThreadPulse[]> {
  const names = await readdir(`/proc/${pid}/task`).catch(() => []);
  const others = names.map(Number).filter((tid) => tid !== pid);
  const threads = await Promise.all([pid, ...others].map((tid) => readThread(pid, tid)));
  return threads[0] === null ? [] : threads.filter((thread) => thread !== null);
}

async function readThread(pid: number, tid: number): Promise<ThreadPulse | null> {
  try {
    const { state, cpuMs, turns } = await threadAccount(pid, tid);
    return { tid, state, cpuMs, turns };
  } catch {
    return null;
  }
}
