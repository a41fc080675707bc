import { setTimeout as sleep } from 'node:timers/promises';
import type { Machine } from '../qemu/machine.ts';

/**
 * Going back is loading the snapshot before and playing on from there: when there is the first and how often another, in
 * host milliseconds, and how many are kept. Each is as large as what the guest has used of its memory.
 */
const firstMs = 100;
const everyMs = 2000;
const kept = 20;

/** Takes snapshots of a machine while it is played, until `over`: without one, gdb cannot go back. */
export async function takeSnapshots(
  machine: Pick<Machine, 'whilePaused' | 'execute'>,
  over: AbortSignal,
): Promise<void> {
  for (let number = 1; ; number += 1) {
    await sleep(number === 1 ? firstMs : everyMs, undefined, { signal: over }).catch(
      () => undefined,
    );
    if (over.aborted) return;
    await machine.whilePaused(async () => {
      // While a disk's answer is due QEMU takes none; the next one will do.
      await saveSnapshot(machine, `at-${number}`);
      if (number > kept) await deleteSnapshot(machine, `at-${number - kept}`);
    });
  }
}

/** @returns whether there is one: not while a disk's answer is due */
export async function saveSnapshot(
  machine: Pick<Machine, 'execute'>,
  name: string,
): Promise<boolean> {
  return (await monitor(machine, `savevm ${name}`)) === '';
}

export async function deleteSnapshot(
  machine: Pick<Machine, 'execute'>,
  name: string,
): Promise<void> {
  await monitor(machine, `delvm ${name}`);
}

/** Opens the machine for one gdb at a time, on a Unix socket. */
export async function openForGdb(machine: Pick<Machine, 'execute'>, socket: string): Promise<void> {
  await monitor(machine, `gdbserver unix:${socket},server=on,wait=off`);
}

/** QEMU's commands for humans: what they print is all that they answer. */
async function monitor(machine: Pick<Machine, 'execute'>, line: string): Promise<string> {
  const answer = await machine.execute('human-monitor-command', { 'command-line': line });
  return String(answer).trim();
}
