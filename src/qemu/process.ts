import { once } from 'node:events';
import { open } from 'node:fs/promises';
import type { Duplex, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '../errors.ts';
import { startProgram } from '../host/processes.ts';
import { inherited } from './arguments.ts';
import { ConsolePipe } from './console-pipe.ts';
import type { Qmp } from './qmp.ts';

export type ProcessExit = {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The first 16 KiB of QEMU's standard error. */
  stderr: string;
};

type QemuProcess = {
  pid: number;
  /** The console of the guest. It can be read to its end after QEMU has ended. */
  console: ConsolePipe;
  /** Types on the guest's console. */
  type: (bytes: Uint8Array | string) => void;
  qmp: Duplex;
  exited: Promise<ProcessExit>;
  kill(signal: NodeJS.Signals): void;
};

/**
 * Starts QEMU, see {@link startProgram}.
 * @param directory where QEMU puts its temporary overlays; it unlinks them as soon as they are open.
 * @param state a file that QEMU inherits, open for reading.
 * @throws UnavailableError if it cannot be started at all.
 */
export async function startProcess(
  command: readonly string[],
  directory: string,
  state?: string,
): Promise<QemuProcess> {
  const stateFile = state === undefined ? null : await open(state);
  try {
    return await startOn(await ConsolePipe.make(), command, directory, stateFile?.fd);
  } finally {
    await stateFile?.close();
  }
}

async function startOn(
  console: ConsolePipe,
  command: readonly string[],
  directory: string,
  state: number | undefined,
): Promise<QemuProcess> {
  const { child, pid, stderr } = await startProgram(command, {
    // What Node.js calls a pipe is a pair of sockets, which QEMU requires of an inherited descriptor for QMP.
    stdio: ['pipe', console.writeEnd, 'pipe', 'pipe', state ?? 'ignore'],
    directory,
  }).catch((error: unknown) => {
    console.close();
    throw error;
  });
  const exited = once(child, 'exit').then(async ([code, signal]): Promise<ProcessExit> => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    stderr: await stderr,
  }));
  exited.catch(() => undefined);
  const stdin = child.stdin as Writable;
  const qmp = child.stdio[inherited.qmp] as unknown as Duplex;
  // A write may fail because QEMU has just ended; `exited` reports that.
  for (const socket of [stdin, qmp]) socket.on('error', () => undefined);
  console.handOver();
  return {
    pid,
    console,
    type: (bytes) => void stdin.write(bytes),
    qmp,
    exited,
    kill: (signal) => void child.kill(signal),
  };
}

/**
 * Ends QEMU: `quit`, then SIGTERM, then SIGKILL.
 * @param patience milliseconds between these; a QEMU that cannot receive `quit` gets SIGTERM at once
 * @throws UnavailableError for a process that even SIGKILL does not end
 */
export async function endProcess(
  process: QemuProcess,
  connecting: Promise<Qmp>,
  patience: number,
): Promise<void> {
  const unasked = connecting
    .then((qmp) => qmp.execute('quit'))
    .then(
      () => new Promise<never>(() => undefined),
      () => false as const,
    );
  if (await exitsWithin(patience, unasked)) return;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    process.kill(signal);
    if (await exitsWithin(patience)) return;
  }
  throw new UnavailableError(`QEMU (process ${process.pid}) has not ended, even after SIGKILL`);

  async function exitsWithin(milliseconds: number, ...sooner: Promise<false>[]): Promise<boolean> {
    const cancel = new AbortController();
    const timeout = sleep(milliseconds, false, { signal: cancel.signal });
    try {
      return await Promise.race([process.exited.then(() => true), timeout, ...sooner]);
    } finally {
      cancel.abort();
      timeout.catch(() => undefined);
    }
  }
}
