import type { Arch } from '../../arch.ts';
import { aarch64Program } from './program-aarch64.ts';
import { armProgram } from './program-arm.ts';

/** Ticks per guest second of the timer on QEMU's `virt` machines (CNTFRQ: 62.5 MHz). */
const ticksPerSecond = 62_500_000;

const listings: Record<Arch, string> = { aarch64: aarch64Program, arm: armProgram };

/**
 * The smallest guest that does what a kernel does when it scans a disk for partitions: it reads from a virtio disk, again
 * and again, sleeps until the disk or a timer interrupts it, and always has a timer running. Then it sleeps for as long as
 * the disk says, and switches the machine off. It stands without any kernel or firmware, in machine code, since no
 * assembler need be on the host. QEMU loads it like a kernel (`-kernel`).
 *
 * It drives a virtio-blk-pci device in slot 1 through the registers of virtio 0.9.5 ("legacy"), and takes for granted:
 * `-machine virt,highmem=off,gic-version=2`, one CPU, and 64 MiB of memory.
 */
export function trialProgram(arch: Arch): Buffer {
  const words = [...listings[arch].matchAll(/^([0-9a-f]{8}) /gm)].map(([, word = '']) => word);
  // Instructions are little-endian.
  return Buffer.concat(words.map((word) => Buffer.from(word, 'hex').reverse()));
}

/** Its disk, which says how many guest seconds it sleeps in the end (34 at most). */
export function trialDisk(seconds: number): Buffer {
  const disk = Buffer.alloc(64 * 1024);
  disk.writeUInt32LE(seconds * ticksPerSecond);
  return disk;
}
