import { magics } from '../formats/magic.ts';
import type { GuestMemory, UnreadList } from './guest-memory.ts';
import { Budget, occurrences } from './guest-memory.ts';
/** An arm64 kernel image at the place where a kexec put it. */
export type KernelImage = {
  /** Physical address. */
  address: number;
  /** The size in its header, including memory that is zero at first. Bytes. */
  size: number;
  /** The offset just after the last nonzero byte. Bytes. */
  filled: number;
};

/** Documentation/arch/arm64/booting.rst: the header is 64 bytes, its magic at 56, the image's size at 16. */
const magic = magics.image;
const header = { size: 64, imageSizeAt: 16 };

/** A kernel starts at a multiple of this. Copies that have not been moved there yet can lie anywhere. */
const alignment = 2 * 2 ** 20;

/** No kernel is larger: a larger number is not a size. Bytes. */
const largest = 512 * 2 ** 20;

const page = 4096;

const zeros = Buffer.alloc(page);

/** How much is read in total: many times the zeros at the ends of a machine's images. Bytes. */
const mostBytes = 2 ** 29;
const mostImages = 64;

/** The arm64 images in memory at addresses where a kernel can start. */
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
      unread.add('there are too many kernel images to examine them all');
      break;
    }
    images.push({ address, size, filled });
  }
  return images;
}

/** Null if the budget is exhausted first. */
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
