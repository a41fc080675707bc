import { fileReason } from '../file-error.ts';
import type { Qemu } from '../qemu/find-qemu.ts';
import type { MachineSpec } from '../qemu/machine-spec.ts';
import type { Machine } from '../qemu/machine.ts';
import { startMachine } from '../qemu/machine.ts';
import { canCheckpoint, checkpointKey } from './key.ts';
import type { Checkpoint, CheckpointStore } from './store.ts';
import { CheckpointTaker } from './taker.ts';

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
