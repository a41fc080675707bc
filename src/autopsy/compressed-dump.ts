import { inflateSync } from 'node:zlib';
import { UsageError } from '../errors.ts';
import { hasMagic } from '../formats/magic.ts';
import type { Bytes } from './dump-file.ts';
import { copyIt } from './dump-file.ts';
import type { DumpedMemory, MemoryRange } from './guest-memory.ts';
import { rangeAt } from './guest-memory.ts';
import { PageBitmap } from './page-bitmap.ts';

/** Of a bitmap, in bytes: 8 TiB in pages of 4 KiB. */
const longestBitmap = 2 ** 28;

/** diskdump_mod.h, page flags. */
const zlib = 0x1;
const otherPackings = new Map([
  [0x2, 'lzo'],
  [0x4, 'snappy'],
  [0x20, 'zstd'],
]);

/** In the status of the header. makedumpfile does not set it in a flattened dump. */
const incomplete = 0x8;

/** The maximum number of ranges of memory. A machine has a few, or some hundred if firmware reserves parts of it. */
const mostRanges = 2 ** 16;

/** The maximum size of a packed page, in blocks: a page that does not become smaller is stored as it is. */
const mostPacked = 2;

const descriptorBytes = 24;

/** How many descriptors are read at once. */
const batch = 4096;

export function isCompressedDump({ read }: Bytes): boolean {
  return hasMagic(read(0, 8), 'kdump');
}

/**
 * The memory in a dump in the kdump-compressed format, as makedumpfile and dump-guest-memory's `kdump-zlib` write it
 * (makedumpfile's IMPLEMENTATION): two bitmaps, of all pages and of the stored ones, and a descriptor for each stored
 * page. A page that was not stored reads as zeros, which is correct for most of them.
 */
export class CompressedMemory implements DumpedMemory {
  readonly ranges: readonly MemoryRange[];
  readonly isMarkedIncomplete: boolean;
  readonly #file: Bytes;
  readonly #place: string;
  readonly #kept: PageBitmap;
  readonly #blockBytes: number;
  readonly #descriptorsAt: number;
  /** How many of the kept pages have their descriptor in the file. */
  readonly #described: number;
  /** Pages that are not there: those without a descriptor, and of the others those that were looked for. */
  #missing: number;
  #lookedFor = 0;
  #descriptors = { from: -1, bytes: Buffer.alloc(0) as Buffer };
  #last: { offset: number; page: Buffer };

  /** @throws UsageError, also when reading, for a damaged one, a part of one, and pages packed other than with zlib */
  constructor(file: Bytes, place: string) {
    const { status, blockBytes, subHeaderBlocks, bitmapBlocks } = readHeader(file, place);
    this.isMarkedIncomplete = (status & incomplete) !== 0;
    const bitmapsAt = (1 + subHeaderBlocks) * blockBytes;
    const bitmapBytes = (bitmapBlocks / 2) * blockBytes;
    if (file.size < bitmapsAt + 2 * bitmapBytes) {
      throw new UsageError('this dump ends in its header', { place, hint: copyIt });
    }
    const bitmapAt = (from: number) =>
      new PageBitmap({ size: bitmapBytes, read: (at, length) => file.read(from + at, length) });
    this.#file = file;
    this.#place = place;
    this.#blockBytes = blockBytes;
    this.#descriptorsAt = bitmapsAt + 2 * bitmapBytes;
    this.#kept = bitmapAt(bitmapsAt + bitmapBytes);
    const described = Math.floor((file.size - this.#descriptorsAt) / descriptorBytes);
    this.#described = Math.min(described, this.#kept.count);
    this.#missing = this.#kept.count - this.#described;
    this.#last = { offset: 0, page: Buffer.alloc(blockBytes) };
    const ranges: MemoryRange[] = [];
    for (const range of this.#rangesOf(bitmapAt(bitmapsAt))) {
      if (ranges.length === mostRanges) throw damagedHeader(place);
      ranges.push(range);
    }
    this.ranges = ranges;
  }

  *#rangesOf(pages: PageBitmap): Generator<MemoryRange> {
    for (const { from, to } of pages.runs()) {
      yield { from: from * this.#blockBytes, to: to * this.#blockBytes };
    }
  }

  /** The kept pages, without those whose descriptor lies beyond the end of the file. */
  *held(): Generator<MemoryRange> {
    let rank = 0;
    for (const { from, to } of this.#rangesOf(this.#kept)) {
      const left = (this.#described - rank) * this.#blockBytes;
      if (left === 0) return;
      yield { from, to: Math.min(to, from + left) };
      rank += Math.min(left, to - from) / this.#blockBytes;
    }
  }

  missingBytes(): number {
    return this.#missing * this.#blockBytes;
  }

  read(address: number, length: number): Buffer {
    const range = this.ranges[rangeAt(this.ranges, address)];
    if (range === undefined) return Buffer.alloc(0);
    const bytes = Buffer.alloc(Math.min(length, range.to - address));
    for (let at = 0; at < bytes.length;) {
      const skipped = (address + at) % this.#blockBytes;
      const page = this.#page((address + at - skipped) / this.#blockBytes);
      const end = Math.min(at + this.#blockBytes - skipped, bytes.length);
      page?.copy(bytes, at, skipped);
      at = end;
    }
    return bytes;
  }

  /** Null for a page of zeros. */
  #page(number: number): Buffer | null {
    if (!this.#kept.has(number)) return null;
    const rank = this.#kept.rank(number);
    if (rank >= this.#described) return null;
    const { offset, length, flags } = this.#descriptor(rank);
    // The disk was full, or the file is truncated.
    const isMissing = length === 0 || offset + length > this.#file.size;
    // The first search reads all of memory and counts each missing page; later searches count none of them again.
    if (isMissing && number >= this.#lookedFor) this.#missing += 1;
    this.#lookedFor = Math.max(this.#lookedFor, number + 1);
    if (isMissing) return null;
    if (length > mostPacked * this.#blockBytes) throw damagedPage(this.#place);
    // All pages of zeros share one page of the file.
    if (offset !== this.#last.offset) {
      const bytes = this.#file.read(offset, length);
      this.#last = { offset, page: unpack(bytes, flags, this.#blockBytes, this.#place) };
    }
    return this.#last.page;
  }

  /** The descriptor of the kept page with this many kept pages before it: struct page_desc. */
  #descriptor(rank: number): { offset: number; length: number; flags: number } {
    const from = rank - (rank % batch);
    if (from !== this.#descriptors.from) {
      const at = this.#descriptorsAt + from * descriptorBytes;
      this.#descriptors = { from, bytes: this.#file.read(at, batch * descriptorBytes) };
    }
    const { bytes } = this.#descriptors;
    const at = (rank - from) * descriptorBytes;
    if (bytes.length < at + descriptorBytes) return { offset: 0, length: 0, flags: 0 };
    const offset = Number(bytes.readBigUInt64LE(at));
    return { offset, length: bytes.readUInt32LE(at + 8), flags: bytes.readUInt32LE(at + 12) };
  }
}

/** struct disk_dump_header; the fields after the time have offsets larger by 12 bytes if a time has 64 bits. */
function readHeader(file: Bytes, place: string) {
  const header = file.read(0, 464);
  for (const at of [416, 428]) {
    if (header.length < at + 12) break;
    const [blockBytes, subHeaderBlocks, bitmapBlocks] = [0, 4, 8].map((more) =>
      header.readUInt32LE(at + more),
    ) as [number, number, number];
    const sound = [4096, 16_384, 65_536].includes(blockBytes) && bitmapBlocks % 2 === 0;
    if (!sound || subHeaderBlocks === 0 || bitmapBlocks * blockBytes > 2 * longestBitmap) continue;
    const split = file.read(blockBytes + (at === 416 ? 8 : 12), 4);
    if (split.length === 4 && split.readUInt32LE(0) !== 0) {
      const hint = 'Join the parts with makedumpfile --reassemble.';
      throw new UsageError('this is one part of a dump that was split', { place, hint });
    }
    return { status: header.readUInt32LE(at - 4), blockBytes, subHeaderBlocks, bitmapBlocks };
  }
  throw damagedHeader(place);
}

function damagedHeader(place: string): UsageError {
  const hint = copyIt;
  return new UsageError('the header of this compressed dump is damaged', { place, hint });
}

function damagedPage(place: string): UsageError {
  return new UsageError('a page of this dump is damaged', { place, hint: copyIt });
}

function unpack(bytes: Buffer, flags: number, blockBytes: number, place: string): Buffer {
  const packing = [...otherPackings].find(([flag]) => (flags & flag) !== 0)?.[1];
  if (packing !== undefined) {
    const hint =
      'Pack them with zlib: makedumpfile -c DUMP NEWDUMP, or virsh dump --format=kdump-zlib.';
    throw new UsageError(`the pages of this dump are packed with ${packing}`, { place, hint });
  }
  try {
    const page = (flags & zlib) === 0 ? bytes : inflateSync(bytes, { maxOutputLength: blockBytes });
    if (page.length === blockBytes) return page;
  } catch {
    // zlib's own message does not help the user.
  }
  throw damagedPage(place);
}
