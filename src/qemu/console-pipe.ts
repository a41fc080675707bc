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
