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

/** More looks than any judgement needs. */
const kept = 200;

/**
 * Watches QEMU from outside: keeps a question waiting for its answer, and looks at its threads. Resolves with how it
 * stands still, once that is certain, and with null when QEMU has ended or the watching was stopped.
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
    // A refusal is an answer, too; so is the end of the connection, which is not for us to explain.
    machine.execute('query-status').then(answered, answered);
  };
  let pulses: Pulse[] = [];
  while (!over.aborted) {
    ask();
    await sleep(every, undefined, { signal: over }).catch(() => undefined);
    const threads = await readThreads(machine.pid);
    // An answer that has come meanwhile is heard first.
    await sleep(0);
    pulses = [...pulses.slice(1 - kept), { at: performance.now(), askedAt, threads }];
    const found = findStandstill(pulses, patience);
    if (found !== null) return found;
  }
  return null;
}

/** What to tell of it: what was seen, and what to do. */
export function describeStandstill(
  found: Standstill,
  { spinning, asleep, stopped }: Patience = usualPatience,
): { message: string; hint: string } {
  const anotherQemu =
    'This is QEMU, not the guest. Try another QEMU with --qemu-dir; kexec-lab doctor shows which there are.';
  const seconds = (milliseconds: number): string => `${Math.round(milliseconds / 1000)} s`;
  switch (found) {
    case 'spinning':
      return {
        message: `QEMU stands still: for ${seconds(spinning)} it has answered nothing, although it keeps a host CPU busy`,
        hint: anotherQemu,
      };
    case 'asleep':
      return {
        message: `QEMU stands still: for ${seconds(asleep)} it has answered nothing, and none of its threads has run`,
        hint: anotherQemu,
      };
    case 'stopped':
      return {
        message: `QEMU has been stopped by a signal for ${seconds(stopped)} (process state T)`,
        hint: 'Find out what sent it SIGSTOP, and run the case again.',
      };
  }
}

/**
 * What the host's kernel tells of the threads of a process, its main thread first. Empty where that thread is gone, or
 * the kernel keeps no such account. A thread that ends meanwhile is left out.
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
