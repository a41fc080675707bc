import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '../errors.ts';
import type { DiskFormat } from '../formats/disk.ts';
import { isMissing, lastLines, missingProgram, startProgram } from '../host/processes.ts';

/** How long qemu-nbd may take to open its socket, and how often to look. Milliseconds. */
const patience = 10_000;
const tick = 20;

/** The initramfs of Debian requires a name for the export that it attaches (`nbdroot=HOST:PORT/root`). */
const nbdExportName = 'root';

/** Enough for the first kernel, a stale connection, the second kernel, and an observer. */
const clients = 8;

export type NbdServer = {
  pid: number;
  /** Resolves if the server ends without a call of `kill`, with its exit code and last message, or the signal. */
  died: Promise<string>;
  /** Ends the server at once, as if its host had failed. May be called repeatedly. */
  kill(): Promise<void>;
};

/**
 * Serves a disk image over NBD on a Unix socket. What clients write goes to a temporary overlay, which all of them
 * see and which disappears with the server; the image is never written.
 * @param directory where the overlay goes; it is unlinked as soon as it is open.
 * @param options.readOnly whether clients are told that they may not write.
 * @param options.format default: raw.
 * @throws UnavailableError, with its own message, if qemu-nbd cannot serve the image.
 */
export async function serveNbd(
  disk: string,
  socket: string,
  directory: string,
  { readOnly = false, format = 'raw' }: { readOnly?: boolean; format?: DiskFormat } = {},
): Promise<NbdServer> {
  const access = readOnly ? '--read-only' : '--snapshot';
  const command = [
    ...['qemu-nbd', '--persistent', `--shared=${clients}`, '--discard=unmap', access],
    ...[`--format=${format}`, `--socket=${socket}`, `--export-name=${nbdExportName}`, '--', disk],
  ];
  const { child, pid, stderr } = await startProgram(command, {
    stdio: ['ignore', 'ignore', 'pipe'],
    directory,
  });
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  let killed = false;
  const kill = async (): Promise<void> => {
    killed = true;
    child.kill('SIGKILL');
    await exited;
  };
  const died = new Promise<string>((resolve) => {
    void exited.then(async ([code, signal]) => {
      if (killed) return;
      // After a signal it prints nothing; earlier output is about clients.
      const last = lastLines(await stderr, 1);
      resolve(signal === null ? `exit code ${String(code)}: ${last}` : `signal ${signal}`);
    });
  });
  const deadline = performance.now() + patience;
  while (!(await answers(socket))) {
    const running = child.exitCode === null && child.signalCode === null;
    if (running && performance.now() < deadline) {
      await Promise.race([sleep(tick), exited]);
      continue;
    }
    await kill();
    const words = await stderr;
    if (isMissing(child.exitCode, words)) throw missingProgram('qemu-nbd');
    throw new UnavailableError(`qemu-nbd did not start: ${words || 'no message'}`);
  }
  return { pid, died, kill };
}

/**
 * Whether the server sends its greeting, NBDMAGIC. An accepted connection is not enough: qemu-nbd listens before it opens
 * the image.
 */
async function answers(socket: string): Promise<boolean> {
  const closed = new AbortController();
  const connection = connect(socket).on('close', () => {
    closed.abort();
  });
  const signal = AbortSignal.any([closed.signal, AbortSignal.timeout(patience)]);
  try {
    const [greeting] = (await once(connection, 'data', { signal })) as [Buffer];
    return greeting.toString('latin1').startsWith('NBDMAGIC');
  } catch {
    return false;
  } finally {
    connection.on('error', () => undefined).destroy();
  }
}
