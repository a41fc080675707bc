import { deflateSync } from 'node:zlib';
import { descriptionOf, loggedMemory } from '../autopsy/logged-memory.ts';

// Dumps of a small 64-bit machine, in the formats in which a crash kernel saves them.

const block = 4096;

/** Where the machine's memory begins. */
const ram = 0x4000_0000;

/** Virtual addresses as arm64 has them, and the numbers by which the kernel describes them. */
const addresses = {
  /** In the kernel's image, where its log is until it becomes too small. */
  image: {
    pointer: (place: number) => 0xffff_8000_0800_0000n + BigInt(place),
    numbers: {
      VA_BITS: '48',
      PHYS_OFFSET: '0x40000000',
      kimage_voffset: '0xffff7fffc8000000',
    },
  },
  /** In the linear map of a kernel for 52 bits on a CPU with 48; the numbers are those of Debian 13, its offsets are not. */
  linear52: {
    pointer: (place: number) => 0xffff_0000_0000_0000n + BigInt(place),
    numbers: {
      VA_BITS: '52',
      PHYS_OFFSET: '0xfff1000040000000',
      kimage_voffset: '0xffff7fffc8000000',
      MODULES_VADDR: '0xffff800000000000',
    },
  },
};

/** The memory of a machine whose kernel has logged these texts: its log, then a page with its description. */
export function memoryOf(
  texts: readonly string[],
  where: keyof typeof addresses = 'image',
): Buffer {
  const { pointer, numbers } = addresses[where];
  const description = Buffer.alloc(block);
  description.write(descriptionOf(pointer, numbers));
  return Buffer.concat([loggedMemory(texts, pointer), description]);
}

/** What `cp /proc/vmcore` saves: an ELF core, in which the kernel's text lies once in a segment of its own. elf(5). */
export function elfVmcore(memory: Buffer, flags = 0): Buffer {
  const header = Buffer.alloc(block);
  header.write('\x7fELF');
  header.set([2, 1, 1], 4);
  header.writeUInt16LE(4, 16);
  header.writeUInt16LE(183, 18);
  header.writeBigUInt64LE(64n, 32);
  header.writeUInt32LE(flags, 48);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(2, 56);
  [block, memory.length].forEach((length, index) => {
    const at = 64 + 56 * index;
    header.writeUInt32LE(1, at);
    header.writeBigUInt64LE(BigInt(block), at + 8);
    header.writeBigUInt64LE(BigInt(ram), at + 24);
    header.writeBigUInt64LE(BigInt(length), at + 32);
  });
  return Buffer.concat([header, memory]);
}

/**
 * What `makedumpfile -c -d 1` saves: makedumpfile's diskdump_mod.h, for 64-bit machines. Pages of zeros are left out.
 * @param lost how many of the last kept pages did not fit on the disk
 */
export function compressedVmcore(memory: Buffer, { status = 1, lost = 0 } = {}): Buffer {
  const header = Buffer.alloc(block);
  header.write('KDUMP   ');
  header.writeUInt32LE(6, 8);
  [status, block, 1, 2 * bitmapBlocks].forEach((value, index) => {
    header.writeUInt32LE(value, 424 + 4 * index);
  });
  const pages = Array.from({ length: memory.length / block }, (_, index) =>
    memory.subarray(index * block, (index + 1) * block),
  );
  const kept = pages.map((page) => page.some((byte) => byte !== 0));
  const [exists, stored] = [pages.map(() => true), kept].map(bitmap) as [Buffer, Buffer];
  const packed = pages.filter((_, index) => kept[index]).map((page) => deflateSync(page));
  const descriptors = Buffer.alloc(24 * packed.length);
  let offset = (2 + 2 * bitmapBlocks) * block + descriptors.length;
  packed.slice(0, packed.length - lost).forEach(({ length }, index) => {
    descriptors.writeBigUInt64LE(BigInt(offset), 24 * index);
    descriptors.writeUInt32LE(length, 24 * index + 8);
    descriptors.writeUInt32LE(1, 24 * index + 12);
    offset += length;
  });
  const subHeader = Buffer.alloc(block);
  return Buffer.concat([header, subHeader, exists, stored, descriptors, ...packed]);
}

/** Of one bitmap: the machine's memory begins at a gigabyte. */
const bitmapBlocks = 9;

function bitmap(pages: readonly boolean[]): Buffer {
  const bits = Buffer.alloc(bitmapBlocks * block);
  pages.forEach((isSet, index) => {
    const at = (ram / block + index) >>> 3;
    if (isSet) bits.writeUInt8(bits.readUInt8(at) | (1 << (index & 7)), at);
  });
  return bits;
}

/** The same file as `makedumpfile -F` pipes it: in pieces, the first one last. */
export function flattened(file: Buffer): Buffer {
  const header = Buffer.alloc(block);
  header.write('makedumpfile');
  const piece = (from: number, bytes: Buffer) => {
    const place = Buffer.alloc(16);
    place.writeBigInt64BE(BigInt(from));
    place.writeBigInt64BE(BigInt(bytes.length), 8);
    return Buffer.concat([place, bytes]);
  };
  const [first, rest] = [file.subarray(0, block), file.subarray(block)];
  return Buffer.concat([header, piece(block, rest), piece(0, first), piece(-1, Buffer.alloc(0))]);
}
