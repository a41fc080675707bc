import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { qemuArguments } from '../qemu/arguments.ts';
import type { Qemu } from '../qemu/find-qemu.ts';
import type { MachineSpec } from '../qemu/machine-spec.ts';

/** Raise it when a checkpoint comes to hold something else. */
const formatVersion = 1;

/**
 * Whether a machine's first boot may be shared. Not with a network, whose clock is the host's and goes on meanwhile, and
 * not with firmware, which reads the disks before the kernel does.
 */
export function canCheckpoint({ profile, kernel, firmware, network }: MachineSpec): boolean {
  return profile.clock === 'guest' && kernel !== null && firmware === null && network === null;
}

/**
 * All that the first kernel has seen by the time it starts its initramfs, as 16 hex digits: QEMU, the machine, the bytes
 * of kernel and initramfs, the command line. Not what is on the disks: it has not looked at them yet.
 */
export async function checkpointKey(spec: MachineSpec, qemu: Qemu): Promise<string> {
  const binary = await stat(qemu.binary);
  const kernel = await digestOnce(spec.kernel);
  const initramfs = await digestOnce(spec.initramfs);
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
  return createHash('sha256').update(JSON.stringify(seen)).digest('hex').slice(0, 16);
}

const digests = new Map<string, Promise<string>>();

/** Many cases boot the same files. */
async function digestOnce(file: string | null): Promise<string | null> {
  if (file === null) return null;
  const { size, mtimeMs, ino } = await stat(file);
  const identity = [file, size, mtimeMs, ino].join(' ');
  const digest = digests.get(identity) ?? digestOf(file);
  digests.set(identity, digest);
  return digest;
}

/** SHA-256 of a file, in hexadecimal. */
export async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
