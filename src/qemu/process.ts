import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Duplex, Writable } from 'node:stream';
import { setTimeout as sleep, setImmediate as afterOthers } from 'node:timers/promises';
import { promisify } from 'node:util';
import { UnavailableError } from '../errors.ts';
import { fileReason } from '../file-error.ts';
import { makePrivateDirectory } from '../host/directories.ts';
import { startProgram } from '../host/processes.ts';
import { inherited } from './arguments.ts';
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

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** The capacity of a pipe on Linux (pipe(7)), and so the most that can be read at once. Bytes. */
const capacity = 64 * 1024;

/** How often an iterating reader polls, in host milliseconds. */
const pollMs = 5;

/**
 * The output of a guest's serial console. Iterating over it yields a chunk every few milliseconds, which is empty if there
 * was no output, until the end.
 */
export type ConsoleOutput = AsyncIterable<Uint8Array> & {
  /** Everything the guest has written since the last read; may be empty. */
  read(): Uint8Array;
  /** QEMU is gone, and everything has been read. */
  readonly ended: boolean;
};

/**
 * The pipe for the console output of QEMU. It is a named pipe and not a socket, which is what Node.js creates: QEMU writes byte
 * by byte, a Unix socket is full after 278 such writes, and then the guest stands still until it is read. The pipe is polled
 * every few milliseconds, so that this process does not wake for every byte.
 */
export class ConsolePipe implements ConsoleOutput {
  #readEnd: number | null;
  #writeEnd: number | null;
  readonly #buffer = Buffer.alloc(capacity);

  private constructor(name: string) {
    this.#readEnd = openSync(name, O_RDONLY | O_NONBLOCK);
    this.#writeEnd = openSync(name, O_WRONLY);
  }

  /**
   * Creates a pipe. Node.js has no function for that, so the pipe has a name for a moment. The name is not in the run
   * directory, whose file system may not support named pipes.
   * @throws UnavailableError if it cannot be created
   */
  static async make(): Promise<ConsolePipe> {
    let directory: string | undefined;
    try {
      directory = await makePrivateDirectory();
      const name = join(directory, 'console');
      await promisify(execFile)('mkfifo', [name]);
      return new ConsolePipe(name);
    } catch (cause) {
      const message = `cannot create a pipe for the console: ${fileReason(cause).trim()}`;
      const hint =
        'Free some space in the directory for temporary files, or choose another directory with TMPDIR.';
      throw new UnavailableError(message, { hint, cause });
    } finally {
      if (directory !== undefined) await rm(directory, { recursive: true, force: true });
    }
  }

  /** The descriptor that QEMU writes to. It belongs to this process until {@link handOver}. */
  get writeEnd(): number {
    if (this.#writeEnd === null) throw new Error('QEMU already has the write end');
    return this.#writeEnd;
  }

  /** Closes the write end here once QEMU has it, so that the console ends when QEMU closes it. */
  handOver(): void {
    if (this.#writeEnd !== null) closeSync(this.#writeEnd);
    this.#writeEnd = null;
  }

  get ended(): boolean {
    return this.#readEnd === null;
  }

  read(): Uint8Array {
    if (this.#readEnd === null) return new Uint8Array();
    try {
      const length = readSync(this.#readEnd, this.#buffer);
      if (length === 0) this.close();
      return Uint8Array.prototype.slice.call(this.#buffer, 0, length);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return new Uint8Array();
      throw error;
    }
  }

  /** Stops reading. Further output is lost. */
  close(): void {
    this.handOver();
    if (this.#readEnd !== null) closeSync(this.#readEnd);
    this.#readEnd = null;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      while (!this.ended) {
        const chunk = this.read();
        yield chunk;
        // Read a noisy guest as fast as possible, and let other tasks run between two reads.
        await (chunk.length === capacity ? afterOthers() : sleep(pollMs));
      }
    } finally {
      this.close();
    }
  }
}
