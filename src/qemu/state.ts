import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '../errors.ts';
import { makePrivateDirectory } from '../host/private-directory.ts';
import type { Qmp } from './qmp.ts';

/** QEMU's own limit is made for networks; in bytes per second. */
const unlimited = 2 ** 40;

const pollMs = 10;

/** QEMU connects at once, if it lives. */
const connectMs = 30_000;

/**
 * Writes a stopped machine's state to a file, as a migration. Through a socket, since QEMU learnt to write files itself
 * only with 8.2, and needs no more permissions so.
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
