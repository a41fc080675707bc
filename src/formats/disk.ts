import { closeSync, openSync, readSync } from 'node:fs';
import { hasMagic } from './magic.ts';

/** Formats of a disk that QEMU is told; it never guesses one, since a guest could write another's header. */
export type DiskFormat = 'raw' | 'qcow2';

/** Bytes of a disk that `diskTrouble` wants to see: the first sectors and an ext superblock. */
export const diskHeaderBytes = 4096;

const sector = 512;

/**
 * Why a file is not a disk that can be booted, as the end of a sentence that begins with the file's name; null when it
 * looks like a raw disk with partitions, or like a qcow2 image that needs no other file. `header` is the beginning of the file, `size` its whole length.
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

/** A DOS table with a partition in it, or a GPT. */
function hasPartitionTable(header: Buffer): boolean {
  if (!hasMagic(header, 'bootSector')) return false;
  const types = [0, 1, 2, 3].map((index) => header[446 + index * 16 + 4] ?? 0);
  if (types.includes(0xee)) return hasMagic(header, 'gpt');
  return types.some((type) => type !== 0);
}

/** Bytes of the disk that a qcow2 file holds. */
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

/** The format of a disk of the user's, by its magic number; raw where the file cannot be read. */
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
    return 'raw'; // QEMU says what is wrong with it.
  }
  return hasMagic(header, 'qcow2') ? 'qcow2' : 'raw';
}

/** Fields of a qcow2 header by their offset, big-endian (QEMU's docs/interop/qcow2.rst). */
const qcow2 = { version: 4, backingFile: 8, size: 24, encryption: 32, incompatible: 72 } as const;

/** Incompatible feature 2: the data is in another file. */
const externalData = 4n;

/** An image that names another file could have QEMU read any file of the host into the guest. */
function qcow2Trouble(header: Buffer): string | null {
  if (header.length < qcow2.incompatible + 8) return 'is a qcow2 image that is cut short';
  const version = header.readUInt32BE(qcow2.version);
  if (version !== 2 && version !== 3) return `is a qcow2 image of version ${version}, not 2 or 3`;
  if (header.readBigUInt64BE(qcow2.backingFile) !== 0n)
    return 'is a qcow2 image with a backing file, which is not allowed (qemu-img convert -O qcow2 makes one file of both)';
  if (header.readUInt32BE(qcow2.encryption) !== 0) return 'is an encrypted qcow2 image';
  const external =
    version === 3 && (header.readBigUInt64BE(qcow2.incompatible) & externalData) !== 0n;
  if (external)
    return 'is a qcow2 image with its data in another file, which is not allowed (qemu-img convert -O qcow2 makes one file)';
  return header.readBigUInt64BE(qcow2.size) === 0n ? 'is a qcow2 image of an empty disk' : null;
}
