/** Bytes of a disk that `diskTrouble` wants to see: the first sectors and an ext superblock. */
export const diskHeaderBytes = 4096;

const sector = 512;

/**
 * Why a file is no raw disk with partitions, as the end of a sentence that begins with the file's name; null when it
 * looks like one. `header` is the beginning of the file, `size` its whole length.
 */
export function diskTrouble(header: Buffer, size: number): string | null {
  if (size === 0) return 'is empty';
  if (header.toString('latin1', 0, 4) === 'QFI\xfb')
    return 'is a qcow2 image, and a raw one is needed (qemu-img convert -O raw)';
  if (size < 2 * sector) return `is no disk: it has ${size} bytes`;
  if (hasPartitionTable(header)) return null;
  const isExt = header.length > 0x439 && header.readUInt16LE(0x438) === 0xef53;
  return isExt
    ? 'has no partition table: an ext file system fills it from its first sector'
    : 'has no partition table';
}

/** A DOS table with a partition in it, or a GPT. */
function hasPartitionTable(header: Buffer): boolean {
  if (header.readUInt16BE(510) !== 0x55aa) return false;
  const types = [0, 1, 2, 3].map((index) => header[446 + index * 16 + 4] ?? 0);
  if (types.includes(0xee)) return header.toString('latin1', sector, sector + 8) === 'EFI PART';
  return types.some((type) => type !== 0);
}
