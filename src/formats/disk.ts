import { closeSync, openSync, readSync } from 'node:fs';
import { hasMagic } from './magic.ts';

/** The disk formats that QEMU is given. It must not probe the format, because a guest could write the header of another. */
export type DiskFormat = 'raw' | 'qcow2';

/** How much of a disk `diskTrouble` needs: the first sectors and an ext superblock. Bytes. */
export const diskHeaderBytes = 4096;

const sector = 512;

/**
 * Why a file is not a bootable disk, as the end of a sentence that begins with the file's name; null if it looks like a raw
 * disk with partitions, or like a qcow2 image that needs no other file. `header` is the beginning of the file, `size` the
 * length of the whole file in bytes.
 */
export function diskTrouble(header: Buffer, size: number): string | null {
  if (size === 0) return 'is empty';
  if (hasMagic(header, 'qcow2')) return qcow2Trouble(header);
  if (size < 2 * sector) return `is too small for a disk (${size} bytes)`;
  if (hasPartitionTable(header)) return null;
  return hasMagic(header, 'ext')
    ? 'has no partition table: the whole image is one ext file system'
    : 'has no partition table';
}

/** Whether a disk has a DOS partition table with a partition, or a GPT. */
function hasPartitionTable(header: Buffer): boolean {
  if (!hasMagic(header, 'bootSector')) return false;
  const types = [0, 1, 2, 3].map((index) => header[446 + index * 16 + 4] ?? 0);
  if (types.includes(0xee)) return hasMagic(header, 'gpt');
  return types.some((type) => type !== 0);
}

/** The size of the disk in a qcow2 file, in bytes. */
export function qcow2Size(file: string): number {
  const size = Buffer.alloc(8);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, size, 0, size.length, qcow2.size);
  } finally {
    closeSync(descriptor);
  }
  return Number(size.readBigUInt64BE());
}

/** The format of the user's disk, by its magic number; raw if the file cannot be read. */
export function diskFormatOf(file: string): DiskFormat {
  const header = Buffer.alloc(4);
  try {
    const descriptor = openSync(file, 'r');
    try {
      readSync(descriptor, header, 0, header.length, 0);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // QEMU reports why it cannot be read.
    return 'raw';
  }
  return hasMagic(header, 'qcow2') ? 'qcow2' : 'raw';
}

/** Fields of a qcow2 header by their offset, big-endian (QEMU's docs/interop/qcow2.rst). */
const qcow2 = { version: 4, backingFile: 8, size: 24, encryption: 32, incompatible: 72 } as const;

/** The incompatible feature bit of an external data file. */
const externalData = 4n;

/** An image that names another file could make QEMU show any file of the host to the guest. */
function qcow2Trouble(header: Buffer): string | null {
  if (header.length < qcow2.incompatible + 8) return 'is a truncated qcow2 image';
  const version = header.readUInt32BE(qcow2.version);
  if (version !== 2 && version !== 3) return `is a qcow2 image of version ${version}, not 2 or 3`;
  if (header.readBigUInt64BE(qcow2.backingFile) !== 0n)
    return 'is a qcow2 image with a backing file, which is not allowed (qemu-img convert -O qcow2 merges them into one file)';
  if (header.readUInt32BE(qcow2.encryption) !== 0) return 'is an encrypted qcow2 image';
  const external =
    version === 3 && (header.readBigUInt64BE(qcow2.incompatible) & externalData) !== 0n;
  if (external)
    return 'is a qcow2 image with its data in another file, which is not allowed (qemu-img convert -O qcow2 merges them into one file)';
  return header.readBigUInt64BE(qcow2.size) === 0n ? 'is a qcow2 image of an empty disk' : null;
}
