import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '../errors.ts';
import { makePrivateDirectory } from '../host/directories.ts';
import type { Qmp } from './qmp.ts';

/** The default limit of a migration is made for networks. Bytes per second. */
const unlimited = 2 ** 40;

const pollMs = 10;

/** QEMU connects at once if it is alive. */
const connectMs = 30_000;

/**
 * Writes a stopped machine's state to a file, as a migration through a socket: QEMU itself can write a file only since 8.2,
 * and needs no additional permissions this way.
 * @throws UnavailableError if QEMU fails, the file system's error if the file cannot be written.
 */
export async function saveState(qmp: Qmp, file: string): Promise<void> {
  const directory = await makePrivateDirectory();
  const server = createServer();
  try {
    const path = join(directory, 'state');
    server.listen(path);
    await once(server, 'listening');
    const signal = AbortSignal.timeout(connectMs);
    const connected = once(server, 'connection', { signal }) as Promise<[Socket]>;
    connected.catch(() => undefined);
    await qmp.execute('migrate-set-parameters', { 'max-bandwidth': unlimited });
    await qmp.execute('migrate', { uri: `unix:${path}` });
    const [socket] = await connected;
    await pipeline(socket, createWriteStream(file));
    await migrated(qmp);
  } finally {
    server.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function migrated(qmp: Qmp): Promise<void> {
  for (;;) {
    const { status = 'none' } = (await qmp.execute('query-migrate')) as { status?: string };
    if (status === 'completed') return;
    if (status === 'failed' || status === 'cancelled') {
      throw new UnavailableError(`QEMU could not save the machine's state: ${status}`);
    }
    await sleep(pollMs);
  }
}

/** Resolves when a machine has loaded the state it was started with. @throws UnavailableError if QEMU has ended. */
export async function stateLoaded(qmp: Qmp): Promise<void> {
  for (;;) {
    const { status } = (await qmp.execute('query-status')) as { status: string };
    if (status !== 'inmigrate') return;
    await sleep(pollMs);
  }
}

/** How often to query the progress, and how long it may stand still. Host milliseconds. */
const dumpPollMs = 50;
const longestPauseMs = 60_000;

/** The answer to `query-dump` (QEMU's qapi/dump.json). Bytes. */
type DumpProgress = {
  status: 'none' | 'active' | 'completed' | 'failed';
  completed: number;
  total: number;
};

/**
 * Writes the guest's memory to a file, an ELF core dump of physical addresses. QEMU writes in the background and its progress
 * is polled. There is no time limit as long as it makes progress.
 * @param now milliseconds of a monotonic clock
 * @throws UnavailableError if QEMU fails, or makes no progress for a minute
 */
export async function dumpMemory(
  qmp: Qmp,
  file: string,
  now = (): number => performance.now(),
): Promise<void> {
  await qmp.execute('dump-guest-memory', { paging: false, protocol: `file:${file}`, detach: true });
  let written = -1;
  let movedAt = now();
  for (;;) {
    const { status, completed, total } = (await qmp.execute('query-dump')) as DumpProgress;
    if (status === 'completed') return;
    const soFar = `${completed} of ${total} bytes written`;
    if (status !== 'active') throw failure(`QEMU could not write the guest's memory: ${soFar}`);
    if (completed !== written) movedAt = now();
    written = completed;
    if (now() - movedAt > longestPauseMs) {
      throw failure(`QEMU stopped writing the guest's memory: ${soFar}`);
    }
    await sleep(dumpPollMs);
  }
}

function failure(message: string): UnavailableError {
  const hint =
    'Free some space on the disk of the run directory, or choose another directory with --out.';
  return new UnavailableError(message, { hint });
}
