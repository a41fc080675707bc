import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileReason } from '../file-error.ts';
import { digestOnce, shortDigest } from '../host/files.ts';
import type { Stage } from '../model/vocabulary.ts';
import { qemuArguments } from '../qemu/arguments.ts';
import type { Qemu } from '../model/examination.ts';
import type { MachineSpec } from '../qemu/machine-spec.ts';
import type { Machine } from '../qemu/machine.ts';
import { startMachine } from '../qemu/machine.ts';
import type { CheckpointStore, Checkpoint } from './store.ts';

/** A machine that was started and is still stopped. */
export type BegunBoot = {
  machine: Machine;
  /** The checkpoint it was started from; otherwise it is before power-on. */
  checkpoint?: Checkpoint;
  /** Takes a checkpoint on the way, if this boot is the one to do so. */
  taker?: CheckpointTaker;
};

type Props = {
  directory: string;
  signal: AbortSignal;
  /** Called with the problem of a checkpoint. It costs time but does not affect the boot. */
  note: (reason: string) => void;
};

/**
 * Starts a case's machine, stopped: at a checkpoint if there is one, otherwise before power-on. In the second case it takes
 * the checkpoint on the way, unless another case of this run already does.
 * @throws UnavailableError if QEMU cannot start.
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
      note(`checkpoint ${key} cannot be used: ${fileReason(error)}`);
      await store.discard(key);
    }
  }
  const machine = await startMachine(spec, qemu, { directory, signal });
  return store.claim(key)
    ? { machine, taker: new CheckpointTaker(machine, store, key, note) }
    : { machine };
}

/** Increase it when the content of a checkpoint changes. */
const formatVersion = 1;

/**
 * Whether the beginning of a machine's boot may be shared. A network runs on the host's clock, firmware reads the disks
 * before the kernel does, and a recording begins at power-on, so machines with any of these may not. Of disks other than
 * virtio's the console does not show when the kernel first reads them.
 */
export function canCheckpoint(spec: MachineSpec): boolean {
  const { time, kernel, firmware, network, recording, disks } = spec;
  const isVirtio = disks.every(({ bus = 'virtio-pci' }) => bus === 'virtio-pci');
  const alone = firmware === null && network === null && recording === null && isVirtio;
  return time !== 'host' && kernel !== null && alone;
}

/**
 * A digest of everything that the first kernel depends on before it starts its initramfs, as 16 hex digits: QEMU, the
 * machine, the content of kernel and initramfs, the command line. It has not read the disks by then.
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

/** After this time, all output of a stopped machine has arrived in the pipe. Host milliseconds. */
const drain = 20;

/**
 * Takes the checkpoint of a boot, from which other cases start, when its first kernel starts the initramfs. The machine is
 * stopped meanwhile and continues afterwards without a difference.
 */
export class CheckpointTaker {
  /** Whether the machine is stopped for the checkpoint at this moment. */
  busy = false;
  #done = false;
  #taking: Promise<void> = Promise.resolve();
  #console: Uint8Array[] = [];
  readonly #machine: Machine;
  readonly #store: CheckpointStore;
  readonly #key: string;
  readonly #onTrouble: (reason: string) => void;

  /** @param onTrouble called with the reason if no checkpoint is taken, which does not affect the boot */
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
        this.#onTrouble(`no checkpoint was taken: ${fileReason(error)}`);
      })
      .finally(() => {
        this.busy = false;
        this.#done = true;
        this.#console = [];
      });
  }

  /** Resolves when no checkpoint is being taken. */
  async settled(): Promise<void> {
    await this.#taking;
  }

  #take(): Promise<void> {
    return this.#machine.whilePaused(async () => {
      const console = await this.#wholeConsole();
      if (!isBeforeDisks(console.toString('latin1'))) {
        throw new Error('the first kernel found its disks before it started the initramfs');
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
 * Whether a console shows a first kernel that has not read its disks yet. virtio_blk prints the size of each disk when it
 * finds it (`[vda] 262144 512-byte logical blocks`), before it reads the partition table.
 */
function isBeforeDisks(console: string): boolean {
  return !/\[vd[a-z]+\] \d+ \d+-byte logical blocks/.test(console);
}
