import { stat } from 'node:fs/promises';
import { digestOnce } from '../host/file-digest.ts';
import { qemuArguments } from '../qemu/arguments.ts';
import type { Qemu } from '../qemu/find-qemu.ts';
import type { MachineSpec } from '../qemu/machine-spec.ts';
import { shortDigest } from '../text/digest.ts';

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
