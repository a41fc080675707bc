import { execFile } from 'node:child_process';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as afterOthers, setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { UnavailableError } from '../errors.ts';
import { fileReason } from '../file-error.ts';
import { makePrivateDirectory } from '../host/directories.ts';

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** How much a pipe of Linux holds (pipe(7)): all that can be there to read at once. */
const capacity = 64 * 1024;

/** How often an iterating reader polls, in host milliseconds. */
const look = 5;

/**
 * What a guest writes to its serial console, as it comes out of QEMU. Iterating over it reads it to its end, a chunk every
 * few milliseconds, which is empty where nothing came.
 */
export type ConsoleOutput = AsyncIterable<Uint8Array> & {
  /** Everything the guest has written since the last read; may be empty. */
  read(): Uint8Array;
  /** QEMU is gone, and everything has been read. */
  readonly ended: boolean;
};

/**
 * The pipe between QEMU and us. Not a socket, as Node makes them: QEMU writes byte by byte, a Unix socket is full after
 * 278 such writes, and then the guest stands still until we have read. And it is looked into every few milliseconds
 * instead of waking us with every byte.
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
   * Makes a pipe. Node has no call for that, so it gets a name for a moment; not in the run's directory, whose file system
   * need not know such files.
   * @throws UnavailableError when that cannot be done
   */
  static async make(): Promise<ConsolePipe> {
    let directory: string | undefined;
    try {
      directory = await makePrivateDirectory();
      const name = join(directory, 'console');
      await promisify(execFile)('mkfifo', [name]);
      return new ConsolePipe(name);
    } catch (cause) {
      const message = `cannot make a pipe for the console: ${fileReason(cause).trim()}`;
      const hint = 'Make room in the directory for temporary files, or name another with TMPDIR.';
      throw new UnavailableError(message, { hint, cause });
    } finally {
      if (directory !== undefined) await rm(directory, { recursive: true, force: true });
    }
  }

  /** The descriptor for QEMU to write to. It is ours until {@link handOver}. */
  get writeEnd(): number {
    if (this.#writeEnd === null) throw new Error('the write end is QEMU’s already');
    return this.#writeEnd;
  }

  /** QEMU has the write end: when it lets go of it, the console ends. */
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
        await (chunk.length === capacity ? afterOthers() : sleep(look));
      }
    } finally {
      this.close();
    }
  }
}
