import { magics } from '../formats/magic.ts';
import type { GuestMemory, UnreadList } from './guest-memory.ts';
import { Budget, occurrences } from './guest-memory.ts';
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
const magic = magics.image;
const header = { size: 64, imageSizeAt: 16 };

/** A kernel is started at a multiple of this. Copies that wait to be moved there lie anywhere. */
const alignment = 2 * 2 ** 20;

/** No kernel is larger; a number that is, is none. Bytes. */
const largest = 512 * 2 ** 20;

const page = 4096;

const zeros = Buffer.alloc(page);

/** How much is looked at in all: many times what the images of a machine are short of. Bytes. */
const mostBytes = 2 ** 29;
const mostImages = 64;

/** The arm64 images in memory that are where a kernel is started. */
export function findKernelImages(memory: GuestMemory, unread: UnreadList): KernelImage[] {
  const images: KernelImage[] = [];
  const budget = new Budget(mostBytes);
  for (const at of occurrences(memory, magic.bytes, { every: alignment, at: magic.at })) {
    const address = at - magic.at;
    const bytes = memory.read(address, header.size);
    if (bytes.length < header.size) continue;
    const size = Number(bytes.readBigUInt64LE(header.imageSizeAt));
    if (size === 0 || size >= largest) continue;
    const filled = filledOf(memory, address, size, budget);
    if (filled === null || images.length === mostImages) {
      unread.add('there are too many kernel images to look at all');
      break;
    }
    images.push({ address, size, filled });
  }
  return images;
}

/** Null where the budget does not allow to find out. */
function filledOf(
  memory: GuestMemory,
  address: number,
  size: number,
  budget: Budget,
): number | null {
  for (let at = Math.ceil(size / page) * page; at >= page; at -= page) {
    if (!budget.spend(page)) return null;
    const bytes = memory.read(address + at - page, page);
    if (bytes.equals(zeros.subarray(0, bytes.length))) continue;
    return at - page + bytes.findLastIndex((byte) => byte !== 0) + 1;
  }
  return 0;
}
