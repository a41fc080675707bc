import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { threadAccount } from '../host/processes.ts';
import type { Machine } from './machine.ts';
import type { ThreadPulse, Patience, Pulse, Standstill } from './standstill.ts';
import { findStandstill, usualPatience } from './standstill.ts';

type Options = {
  patience?: Patience;
  /** How often to look, in host milliseconds. */
  every?: number;
  /** Ends the watching. */
  signal: AbortSignal;
};

/** More samples than any decision needs. */
const kept = 200;

/**
 * Watches QEMU from outside: always has a query pending, and looks at QEMU's threads. Resolves with the kind of
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
    // A refusal is an answer, too, and so is the end of the connection, which others report.
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

/** The message for the user, and what to do. */
export function describeStandstill(
  found: Standstill,
  { spinning, asleep, stopped }: Patience = usualPatience,
): { message: string; hint: string } {
  const anotherQemu =
    'This is a fault of QEMU, not of the guest. Try another QEMU with --qemu-dir; kexec-lab doctor lists those it finds.';
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
