import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '../errors.ts';
import { fileReason } from '../file-error.ts';
import type { DiskFormat } from '../formats/disk.ts';
import { leash, toolEnvironment } from '../host/processes.ts';
/** How long qemu-nbd may take to open its socket, and how often to look, in milliseconds. */
const patience = 10_000;
const tick = 20;
const keptOutput = 4096;

/** Debian's initramfs wants a name of the export it attaches (`nbdroot=HOST:PORT/root`). */
export const nbdExportName = 'root';

/** Enough for the first kernel, a stale connection, the second kernel, and an observer. */
const clients = 8;

export type NbdServer = {
  pid: number;
  /** Resolves if it ends without a call of `kill`, with how it ended and its own message. */
  died: Promise<string>;
  /** Ends the server at once, as if its host had gone. May be called again and again. */
  kill(): Promise<void>;
};

/**
 * Serves a disk image over NBD on a Unix socket. What clients write goes to a temporary overlay that all of them
 * see and that is gone with the server; the image is never written.
 * @param directory where the overlay goes; it is unlinked as soon as it is open.
 * @param options.readOnly whether clients are told that they may not write at all.
 * @param options.format default: raw.
 * @throws UnavailableError, with its own words, when qemu-nbd cannot serve the image.
 */
export async function serveNbd(
  disk: string,
  socket: string,
  directory: string,
  { readOnly = false, format = 'raw' }: { readOnly?: boolean; format?: DiskFormat } = {},
): Promise<NbdServer> {
  const { program, args } = leash([
    ...['qemu-nbd', '--persistent', `--shared=${clients}`, '--discard=unmap'],
    ...[
      readOnly ? '--read-only' : '--snapshot',
      `--format=${format}`,
      `--socket=${socket}`,
      `--export-name=${nbdExportName}`,
      '--',
      disk,
    ],
  ]);
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
    env: { ...toolEnvironment(), TMPDIR: directory },
  });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    words = (words + chunk).slice(0, keptOutput);
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      resolve();
    });
  });
  try {
    await once(child, 'spawn');
  } catch (cause) {
    throw new UnavailableError(`cannot start setpriv: ${fileReason(cause, 'setpriv')}`, { cause });
  }
  let killed = false;
  const kill = async (): Promise<void> => {
    killed = true;
    child.kill('SIGKILL');
    await ended;
  };
  const died = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      if (killed) return;
      // After a signal it prints nothing; earlier output is about clients.
      const last = words.trim().split('\n').at(-1) ?? '';
      resolve(signal === null ? `exit code ${String(code)}: ${last}` : `signal ${signal}`);
    });
  });
  const deadline = performance.now() + patience;
  while (!(await answers(socket))) {
    const running = child.exitCode === null && child.signalCode === null;
    if (running && performance.now() < deadline) {
      await Promise.race([sleep(tick), ended]);
      continue;
    }
    await kill();
    throw new UnavailableError(`qemu-nbd did not start: ${words.trim() || 'no message'}`);
  }
  return { pid: child.pid as number, died, kill };
}

/**
 * Whether the server says its first word, NBDMAGIC. That it takes connections proves nothing: qemu-nbd listens before
 * it opens the image.
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
