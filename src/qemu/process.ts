// Not execa: its promise waits for every stream to end, and here QEMU's death and the end of its console are two facts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import type { Duplex, Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '../errors.ts';
import { fileReason } from '../file-error.ts';
import { leash, toolEnvironment } from '../host/processes.ts';
import { inherited } from './arguments.ts';
import { ConsolePipe } from './console-pipe.ts';
import type { Qmp } from './qmp.ts';

/** QEMU reports errors in its first lines; a guest could make it print without end. Characters. */
const keptOutput = 16 * 1024;

export type ProcessExit = {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The first 16 KiB of what QEMU wrote to its standard error. */
  stderr: string;
};

export type QemuProcess = {
  pid: number;
  /** Everything the guest prints, kept for the reader however early QEMU ends. */
  console: ConsolePipe;
  /** Types on the guest's console. */
  type: (bytes: Uint8Array | string) => void;
  qmp: Duplex;
  exited: Promise<ProcessExit>;
  kill(signal: NodeJS.Signals): void;
};

/**
 * Starts `command` on a {@link leash}. It leads a session of its own, so a Ctrl-C at the terminal reaches only us.
 * @param directory where QEMU puts its temporary overlays; it unlinks them as soon as they are open.
 * @param state a file it inherits, open for reading.
 * @throws UnavailableError when it cannot be started at all.
 */
export async function startProcess(
  command: readonly string[],
  directory: string,
  state?: string,
): Promise<QemuProcess> {
  const stateFile = state === undefined ? null : await open(state);
  try {
    return await spawnOn(await ConsolePipe.make(), command, directory, stateFile?.fd);
  } finally {
    await stateFile?.close();
  }
}

async function spawnOn(
  console: ConsolePipe,
  command: readonly string[],
  directory: string,
  state: number | undefined,
): Promise<QemuProcess> {
  const { program, args } = leash(command);
  const child = spawn(program, args, {
    // What Node calls a pipe is a socket pair, which is what QEMU wants of an inherited descriptor for QMP.
    stdio: ['pipe', console.writeEnd, 'pipe', 'pipe', state ?? 'ignore'],
    detached: true,
    env: { ...toolEnvironment(), TMPDIR: directory },
  });
  const { stdin, stderr, stdio } = child as typeof child & { stdin: Writable; stderr: Readable };
  const output = collectOutput(stderr);
  const exited = once(child, 'exit').then(async ([code, signal]): Promise<ProcessExit> => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    stderr: await output,
  }));
  exited.catch(() => undefined);
  const qmp = stdio[inherited.qmp] as unknown as Duplex;
  // A write may fail because QEMU has just ended; `exited` reports that.
  for (const socket of [stdin, qmp]) socket.on('error', () => undefined);
  try {
    await once(child, 'spawn');
    console.handOver();
  } catch (cause) {
    console.close();
    throw new UnavailableError(`cannot start setpriv: ${fileReason(cause, 'setpriv')}`, { cause });
  }
  return {
    pid: child.pid as number,
    console,
    type: (bytes) => void stdin.write(bytes),
    qmp,
    exited,
    kill: (signal) => void child.kill(signal),
  };
}

async function collectOutput(stream: Readable): Promise<string> {
  let text = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream as AsyncIterable<string>) {
    text = (text + chunk).slice(0, keptOutput);
  }
  return text.trim();
}

/**
 * Ends QEMU: asks it, then SIGTERM, then SIGKILL.
 * @param patience milliseconds between one and the next; none are lost on a QEMU that cannot be asked
 * @throws UnavailableError for a process that not even SIGKILL ends
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
  throw new UnavailableError(`QEMU (process ${process.pid}) did not end, not even after SIGKILL`);

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
