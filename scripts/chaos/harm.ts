import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { running } from './processes.ts';

/** What can be done to a run. */
export const harms = ['kill-qemu', 'stop-qemu', 'kill-nbd', 'fill-disk', 'interrupt'] as const;
export type Harm = (typeof harms)[number];

/** How long QEMU is stopped, in milliseconds. */
const stopped = 20_000;

type Victim = {
  /** In the environment of all its processes. */
  mark: string;
  pid: number;
  out: string;
  /** Whether it has ended. */
  ended: () => boolean;
  random: () => number;
};

/** Does it, as soon as there is something to do it to; resolves with what was done. */
export async function doHarm(harm: Harm, victim: Victim): Promise<string> {
  switch (harm) {
    case 'kill-qemu':
    case 'kill-nbd': {
      const pid = await findOne(victim, harm === 'kill-qemu' ? /^qemu-system-/ : /^qemu-nbd$/);
      if (pid === null) return 'nothing was left to kill';
      signal(pid, 'SIGKILL');
      return `killed ${pid}`;
    }
    case 'stop-qemu': {
      const pid = await findOne(victim, /^qemu-system-/);
      if (pid === null) return 'nothing was left to stop';
      signal(pid, 'SIGSTOP');
      await sleep(stopped);
      signal(pid, 'SIGCONT');
      return `stopped ${pid}`;
    }
    case 'fill-disk':
      fill(victim.out);
      return 'filled the disk';
    case 'interrupt':
      signal(victim.pid, 'SIGINT');
      return 'interrupted';
  }
}

async function findOne({ mark, ended, random }: Victim, program: RegExp): Promise<number | null> {
  while (!ended()) {
    const found = running(mark, program);
    const chosen = found[Math.floor(random() * found.length)];
    if (chosen !== undefined) return chosen.pid;
    await sleep(20);
  }
  return null;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself since.
  }
}

/** Writes until the file system takes no more. Only ever that of a run of its own, which is small. */
function fill(directory: string): void {
  const { blocks, bsize } = statfsSync(directory);
  if (blocks * bsize > 2 ** 30) throw new Error(`${directory} is not on a small file system`);
  const file = join(directory, 'ballast');
  const descriptor = openSync(file, 'w');
  try {
    for (let size = 2 ** 20; size >= 1; size = Math.floor(size / 2)) {
      try {
        for (;;) writeSync(descriptor, Buffer.alloc(size));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Makes room again. */
export function empty(directory: string): void {
  rmSync(join(directory, 'ballast'), { force: true });
}
