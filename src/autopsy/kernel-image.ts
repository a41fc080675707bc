import type { GuestMemory } from './guest-memory.ts';
import { occurrences } from './guest-memory.ts';

/** An arm64 kernel image where a kexec has put it. */
export type KernelImage = {
  /** Physical address. */
  address: number;
  /** How much memory its header says it takes, with what is zero at first. Bytes. */
  size: number;
  /** Where the last byte is that is not zero. Bytes from its beginning. */
  filled: number;
};

/** Documentation/arch/arm64/booting.rst: the header is 64 bytes, its magic at 56, the image's size at 16. */
const magic = Buffer.from('ARM\x64');
const header = { size: 64, magicAt: 56, imageSizeAt: 16 };

/** A kernel is started at a multiple of this. Copies that wait to be moved there lie anywhere. */
const alignment = 2 * 2 ** 20;

/** No kernel is larger; a number that is, is none. Bytes. */
const largest = 512 * 2 ** 20;

const page = 4096;

/** The arm64 images in memory that are where a kernel is started. */
export function findKernelImages(memory: GuestMemory): KernelImage[] {
  const images: KernelImage[] = [];
  for (const at of occurrences(memory, magic)) {
    const address = at - header.magicAt;
    if (address % alignment !== 0) continue;
    const bytes = memory.read(address, header.size);
    if (bytes.length < header.size) continue;
    const size = Number(bytes.readBigUInt64LE(header.imageSizeAt));
    if (size > 0 && size < largest) {
      images.push({ address, size, filled: filledOf(memory, address, size) });
    }
  }
  return images;
}

function filledOf(memory: GuestMemory, address: number, size: number): number {
  for (let at = Math.ceil(size / page) * page; at >= page; at -= page) {
    const bytes = memory.read(address + at - page, page);
    const last = bytes.findLastIndex((byte) => byte !== 0);
    if (last !== -1) return at - page + last + 1;
  }
  return 0;
}
