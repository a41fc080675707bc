/** Reads from a zImage, the kernel file of 32-bit arm, which memory it will use. */
import { hasMagic } from './magic.ts';

/** What a zImage declares about the kernel in it, and how it moves itself. Bytes. */
export type ZImageLayout = {
  /** Offset from the start of RAM at which the kernel runs; null for older kernels, which do not declare it. */
  textOffset: number | null;
  /** Code and data after unpacking. */
  data: number;
  bss: number;
  /** Memory that the decompressor allocates from; null if it is not declared. */
  heap: number | null;
  /** Null if its code was not recognised. */
  mover: Mover | null;
};

/**
 * How a zImage moves itself out of the way of the kernel that it unpacks (arch/arm/boot/compressed/head.S): to the end of that
 * kernel plus `margin`, rounded down to 256 bytes. Offsets in the file.
 */
export type Mover = {
  /** The first byte that it copies. */
  from: number;
  margin: number;
  /** Where its stack ends and its heap begins, behind the bytes of the file. */
  stackEnd: number;
};

/** `KLSZ`: the tag with the sizes (arch/arm/boot/compressed/vmlinux.lds.S). */
const sizesTag = 0x5a534c4b;

/**
 * Reads the table of tags in a zImage, which kexec-tools use to plan the memory layout. Null if the file has no table (older
 * kernels), or if the table points outside the file.
 *
 * A tag consists of its length in words, its name and its data. The data of this tag are the offset in the file of the
 * unpacked size, the size of bss, and (in newer kernels) the text offset and the size of the heap.
 */
export function zImageLayout(file: Buffer): ZImageLayout | null {
  if (file.length < 0x3c || !hasMagic(file, 'zImageTags')) return null;
  let at = file.readUInt32LE(0x38);
  for (;;) {
    if (at + 16 > file.length) return null;
    const words = file.readUInt32LE(at);
    if (words < 2) return null;
    if (file.readUInt32LE(at + 4) === sizesTag && words >= 4) {
      const sizeAt = file.readUInt32LE(at + 8);
      if (sizeAt + 4 > file.length) return null;
      const newer = (index: number) =>
        words > index && at + 4 * index + 4 <= file.length
          ? file.readUInt32LE(at + 4 * index)
          : null;
      return {
        textOffset: newer(4),
        data: file.readUInt32LE(sizeAt),
        bss: file.readUInt32LE(at + 12),
        heap: newer(5),
        mover: moverOf(file),
      };
    }
    at += 4 * words;
  }
}

/** How much of the file the code that moves it is in. Bytes. */
const headBytes = 0x4000;

/** What follows a zImage in memory before its heap: its own bss and a stack of 4 KiB. Bytes. */
const mostBehind = 0x10000;

/**
 * Finds the code that moves a zImage, and the table LC0 from which it takes addresses. LC0 begins with its own offset, those of
 * bss and of the end of bss. Five words later, LC1 has the end of the stack, counted from LC1. Null for code in Thumb-2, and
 * if the code is not as in Linux 5.10 to 7.2.
 */
function moverOf(file: Buffer): Mover | null {
  const fileEnd = file.readUInt32LE(0x2c) - file.readUInt32LE(0x28);
  const words = Math.min(file.length, headBytes) >> 2;
  const word = (index: number) => (index < words ? file.readUInt32LE(4 * index) : 0);
  const indices = [...Array(words).keys()];
  const table = indices.find((index) => word(index) === 4 * index && word(index + 1) === fileEnd);
  // add r10, r10, #margin; bic r10, r10, #255; sub r5, pc, #…; bic r5, r5, #31
  const code = indices.find(
    (index) =>
      isAdd(word(index)) &&
      word(index + 1) === 0xe3caa0ff &&
      isSubtraction(word(index + 2)) &&
      word(index + 3) === 0xe3c5501f,
  );
  if (table === undefined || code === undefined) return null;
  const stackEnd = word(table + 5) + 4 * (table + 5);
  if (stackEnd <= fileEnd || stackEnd > fileEnd + mostBehind) return null;
  // In ARM state, pc is two instructions ahead.
  const restart = 4 * (code + 2) + 8 - immediate(word(code + 2));
  return { from: restart & ~31, margin: immediate(word(code)), stackEnd };
}

/** `add r10, r10, #…` */
function isAdd(instruction: number): boolean {
  return instruction >>> 12 === 0xe28aa;
}

/** `sub r5, pc, #…` */
function isSubtraction(instruction: number): boolean {
  return instruction >>> 12 === 0xe24f5;
}

/** The constant in a data-processing instruction: eight bits, rotated right by twice the four bits before them. */
function immediate(instruction: number): number {
  const [bits, rotation] = [instruction & 0xff, ((instruction >> 8) & 0xf) * 2];
  return ((bits >>> rotation) | (bits << (32 - rotation))) >>> 0;
}
