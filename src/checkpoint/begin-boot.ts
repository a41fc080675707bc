import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileReason } from '../file-error.ts';
import { digestOnce, shortDigest } from '../host/files.ts';
import type { Stage } from '../model/vocabulary.ts';
import { qemuArguments } from '../qemu/arguments.ts';
import type { Qemu } from '../qemu/find-qemu.ts';
import type { MachineSpec } from '../qemu/machine-spec.ts';
import type { Machine } from '../qemu/machine.ts';
import { startMachine } from '../qemu/machine.ts';
import type { CheckpointStore, Checkpoint } from './store.ts';

/** A machine that was started and stands still yet. */
export type BegunBoot = {
  machine: Machine;
  /** Where it stands, if not before power-on. */
  checkpoint?: Checkpoint;
  taker?: CheckpointTaker;
};

type Props = {
  directory: string;
  signal: AbortSignal;
  /** Told what went wrong with a checkpoint: it costs time, never the boot. */
  note: (reason: string) => void;
};

/**
 * Starts a case's machine, stopped: where others have been at the start of the initramfs if there is a checkpoint, else
 * before power-on, with one to be taken on the way if nobody else does.
 * @throws UnavailableError when QEMU cannot start.
 */
export async function beginBoot(
  spec: MachineSpec,
  qemu: Qemu,
  store: CheckpointStore | null,
  { directory, signal, note }: Props,
): Promise<BegunBoot> {
  if (store === null || !canCheckpoint(spec)) {
    return { machine: await startMachine(spec, qemu, { directory, signal }) };
  }
  const key = await checkpointKey(spec, qemu);
  const checkpoint = await store.find(key);
  if (checkpoint !== null) {
    try {
      const state = checkpoint.memory;
      return { machine: await startMachine(spec, qemu, { directory, state, signal }), checkpoint };
    } catch (error) {
      signal.throwIfAborted();
      note(`checkpoint ${key} is of no use: ${fileReason(error)}`);
      await store.discard(key);
    }
  }
  const machine = await startMachine(spec, qemu, { directory, signal });
  return store.claim(key)
    ? { machine, taker: new CheckpointTaker(machine, store, key, note) }
    : { machine };
}

/** Raise it when a checkpoint comes to hold something else. */
const formatVersion = 1;

/**
 * Whether a machine's first boot may be shared. Not with a network, whose clock is the host's and goes on meanwhile, and
 * not with firmware, which reads the disks before the kernel does. A recording begins at power-on.
 */
export function canCheckpoint(spec: MachineSpec): boolean {
  const { time, kernel, firmware, network, recording } = spec;
  const alone = firmware === null && network === null && recording === null;
  return time !== 'host' && kernel !== null && alone;
}

/**
 * All that the first kernel has seen by the time it starts its initramfs, as 16 hex digits: QEMU, the machine, the bytes
 * of kernel and initramfs, the command line. Not what is on the disks: it has not looked at them yet.
 */
export async function checkpointKey(spec: MachineSpec, qemu: Qemu): Promise<string> {
  const binary = await stat(qemu.binary);
  const kernel = spec.kernel && (await digestOnce(spec.kernel));
  const initramfs = spec.initramfs && (await digestOnce(spec.initramfs));
  const shared: MachineSpec = {
    ...spec,
    kernel,
    initramfs,
    disks: spec.disks.map((disk) => ({ ...disk, file: '' })),
    onReset: 'exit',
  };
  const seen = [
    formatVersion,
    ...[qemu.version, binary.size, binary.mtimeMs, qemu.options],
    qemuArguments(shared),
  ];
  return shortDigest(JSON.stringify(seen));
}

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
function isCommonGround(console: string): boolean {
  return !/\[vd[a-z]+\] \d+ \d+-byte logical blocks/.test(console);
}
