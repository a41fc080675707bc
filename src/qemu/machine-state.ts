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

/** QEMU's own limit is made for networks; in bytes per second. */
const unlimited = 2 ** 40;

const pollMs = 10;

/** QEMU connects at once if it is alive. */
const connectMs = 30_000;

/**
 * Writes a stopped machine's state to a file, as a migration. Uses a socket, because QEMU can write files itself
 * only since 8.2, and needs no further permissions this way.
 * @throws UnavailableError when QEMU cannot, the file system's error when the file cannot be written.
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

/** Resolves when a machine that was started with a saved state has it. @throws UnavailableError when it never will. */
export async function stateLoaded(qmp: Qmp): Promise<void> {
  for (;;) {
    const { status } = (await qmp.execute('query-status')) as { status: string };
    if (status !== 'inmigrate') return;
    await sleep(pollMs);
  }
}

/** How often to ask for the progress, and how long there may be none; in host milliseconds. */
const dumpPollMs = 50;
const longestPauseMs = 60_000;

/** What `query-dump` answers (QEMU's qapi/dump.json); bytes. */
type DumpProgress = {
  status: 'none' | 'active' | 'completed' | 'failed';
  completed: number;
  total: number;
};

/**
 * Writes the guest's memory to a file, an ELF core of physical addresses. QEMU writes in the background and is polled for
 * its progress; it may take any time as long as it makes progress.
 * @param now milliseconds of a monotonic clock
 * @throws UnavailableError if QEMU cannot, or makes no progress for a minute
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
    const soFar = `${completed} of ${total} bytes are written`;
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
  const hint = 'Make room on the disk that holds the run directory, or choose another with --out.';
  return new UnavailableError(message, { hint });
}
