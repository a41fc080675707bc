import { setTimeout as sleep } from 'node:timers/promises';
import { fileReason } from '../file-error.ts';
import type { Stage } from '../model/vocabulary.ts';
import type { Machine } from '../qemu/machine.ts';
import type { CheckpointStore } from './store.ts';

/** Host milliseconds in which what a stopped machine has written has certainly come through the pipe. */
const drain = 20;

/**
 * Takes the checkpoint of a boot that others are to start from, at the moment its first kernel starts the initramfs. The
 * machine is stopped for it, and goes on as if nothing had been.
 */
export class CheckpointTaker {
  /** Whether the machine stands still for it at this moment. */
  busy = false;
  #done = false;
  #taking: Promise<void> = Promise.resolve();
  #console: Uint8Array[] = [];
  readonly #machine: Machine;
  readonly #store: CheckpointStore;
  readonly #key: string;
  readonly #onTrouble: (reason: string) => void;

  /** @param onTrouble told why there will be no checkpoint; the boot is none the worse for it */
  constructor(
    machine: Machine,
    store: CheckpointStore,
    key: string,
    onTrouble: (reason: string) => void,
  ) {
    this.#machine = machine;
    this.#store = store;
    this.#key = key;
    this.#onTrouble = onTrouble;
  }

  onBytes(chunk: Uint8Array): void {
    if (!this.#done) this.#console.push(chunk);
  }

  onPlace({ generation, stage }: { generation: number; stage: Stage }): void {
    if (this.#done || this.busy || generation !== 1 || stage !== 'initramfs') return;
    this.busy = true;
    this.#taking = this.#take()
      .catch((error: unknown) => {
        this.#onTrouble(`no checkpoint was kept: ${fileReason(error)}`);
      })
      .finally(() => {
        this.busy = false;
        this.#done = true;
        this.#console = [];
      });
  }

  /** Resolves when no checkpoint is being taken any more. */
  async settled(): Promise<void> {
    await this.#taking;
  }

  #take(): Promise<void> {
    return this.#machine.whilePaused(async () => {
      const console = await this.#wholeConsole();
      if (!isCommonGround(console.toString('latin1'))) {
        throw new Error('the first kernel had found its disks before it started the initramfs');
      }
      await this.#store.keep(this.#key, console, (file) => this.#machine.saveState(file));
    });
  }

  async #wholeConsole(): Promise<Buffer> {
    let chunks = -1;
    while (chunks !== this.#console.length) {
      chunks = this.#console.length;
      await sleep(drain);
    }
    return Buffer.concat(this.#console);
  }
}

/**
 * Whether a console shows a first kernel that has not looked at its disks yet. virtio_blk says the size of each as it
 * finds it (`[vda] 262144 512-byte logical blocks`), and reads the partition table right after.
 */
export function isCommonGround(console: string): boolean {
  return !/\[vd[a-z]+\] \d+ \d+-byte logical blocks/.test(console);
}
