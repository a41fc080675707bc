/** The memory that a zImage uses until its kernel runs, and the `--image-size` of kexec that keeps all else clear of it. */
import type { ZImageLayout } from '../formats/zimage.ts';
import type { Range } from './load-dump.ts';

/** The text offset that kexec-tools plan with, up to 2.0.32 at least (kexec/arch/arm/kexec-zImage-arm.c, extra_size). Bytes. */
export const assumedOffset = 0x8000;

/** The stack and heap of a decompressor, as kexec-tools reckon. Bytes. */
export const decompressorRoom = 0x11000;

/** The page size of 32-bit arm, to which kexec-tools round `--image-size`. Bytes. */
export const page = 4096;

/** What is added if it is not known how a zImage moves itself: more than its margin and its bss have in any kernel seen. Bytes. */
const caution = 0x1000;

/** A zImage whose layout is known. `bytes` is the size of its file. */
export type ZImage = { layout: ZImageLayout; textOffset: number; bytes: number };

/** Where a zImage unpacks its kernel, and where it moves itself before. Addresses from the start of RAM. */
export type Unpacking = {
  /** Code, data and bss of the kernel. */
  kernel: Range;
  /** The copy with its stack. */
  moved: Range;
  /** Behind the copy. A decompressor does not use all of it. */
  heap: Range;
};

/** Where a zImage unpacks its kernel, in a machine whose RAM begins at a multiple of 128 MiB (head.S masks its own address). */
export function unpackingOf({ layout, textOffset, bytes }: ZImage): Unpacking {
  const { data, bss, mover } = layout;
  const end = textOffset + data;
  const moved =
    mover === null
      ? { start: end, end: end + bytes + caution + decompressorRoom - heapOf(layout) }
      : movedTo((end + mover.margin) & ~255, mover);
  return {
    kernel: { start: textOffset, end: end + bss },
    moved,
    heap: { start: moved.end, end: moved.end + heapOf(layout) },
  };
}

function movedTo(start: number, { from, stackEnd }: NonNullable<ZImageLayout['mover']>): Range {
  return { start, end: start + stackEnd - from };
}

/** 64 KiB in all kernels that do not declare it (arch/arm/boot/compressed/Makefile, MALLOC_SIZE). */
function heapOf({ heap }: ZImageLayout): number {
  return heap ?? 0x10000;
}

/** The smallest `--image-size` that reserves all that a zImage may use. Bytes, in whole pages. */
export function neededImageSize(zImage: ZImage): number {
  const { kernel, heap } = unpackingOf(zImage);
  return reserved(Math.max(kernel.end, heap.end));
}

/** The `--image-size` with which what comes next begins at the first page behind `end`. Bytes. */
export function reserved(end: number): number {
  return Math.ceil((end - assumedOffset) / page) * page;
}

/**
 * How much memory kexec-tools reserve without `--image-size`. Bytes. Versions before 2.0.17 do so only for a zImage without a table.
 * @param layout null if the zImage has no table
 */
export function reservedByKexec(
  layout: Pick<ZImageLayout, 'data' | 'bss'> | null,
  bytes: number,
): number {
  const running = bytes + decompressorRoom;
  return layout === null ? running * 5 : Math.max(layout.data + layout.bss, layout.data + running);
}
