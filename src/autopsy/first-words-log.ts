import type { GuestMemory } from './guest-memory.ts';
import { occurrences } from './guest-memory.ts';
import type { KernelRecord } from './kernel-log.ts';
import { toSeconds } from './kernel-log.ts';

/** What every kernel says first, on arm and on arm64 (`smp_setup_processor_id`). The format string has a `%` behind it. */
export const firstWords = Buffer.from('Booting Linux on physical CPU 0x');

const formatted = /^Booting Linux on physical CPU 0x[0-9a-f]+(?: \[0x[0-9a-f]+\])?$/;

/** No log buffer worth reading is larger: Debian's has 128 KiB. Bytes. */
const largestBuffer = 2 ** 21;

/** A record with everything around it is never longer. Bytes. */
const longestBlock = 4096;

/** Sizes of a machine word: the id in front of every record is one. */
const widths = [8, 4] as const;
type Width = (typeof widths)[number];

/**
 * Reads the log whose first record's text is at `address`, without any description of the kernel's.
 *
 * Since Linux 5.10 the text of records lies in a ring, each behind the id of its descriptor, and ids count up by one
 * (kernel/printk/printk_ringbuffer.c). The first is `-(number of descriptors)`, a value nothing else has: that is how a log
 * is told from copies of its text.
 *
 * @returns null where no log begins: a format string, a copy of the words
 */
export function readFirstWordsLog(memory: GuestMemory, address: number): KernelRecord[] | null {
  for (const width of widths) {
    const first = wordAt(memory.read(address - width, width), 0, width);
    if (first === null || !isFirstId(first, width)) continue;
    const texts = [...blocks(memory, address - width, first, width)];
    if (!formatted.test(withoutLeftover(texts[0] ?? ''))) continue;
    const known = readInfos(memory, texts);
    return texts.map((text, index) => {
      const info = known[index];
      if (info === undefined) return { seconds: null, level: null, text: withoutLeftover(text) };
      const { seconds, level, length } = info;
      return { seconds, level, text: Buffer.from(text).toString('utf8', 0, length) };
    });
  }
  return null;
}

/** The texts of consecutive records, up to their NUL. */
function* blocks(
  memory: GuestMemory,
  start: number,
  first: bigint,
  width: Width,
): Generator<string> {
  let at = start;
  for (let id = first; at - start < largestBuffer; id += 1n) {
    const bytes = memory.read(at, longestBlock);
    const next = findWord(bytes, nextId(id, width), width);
    const block = bytes.subarray(width, next ?? bytes.length);
    const nul = block.indexOf(0);
    yield block.toString('utf8', 0, nul === -1 ? block.length : nul);
    if (next === null) return;
    at += next;
  }
}

/** Where in a block the next one begins. */
function findWord(bytes: Buffer, wanted: bigint, width: Width): number | null {
  for (let at = width; at + width <= bytes.length; at += width) {
    if (wordAt(bytes, at, width) === wanted) return at;
  }
  return null;
}

function wordAt(bytes: Buffer, at: number, width: Width): bigint | null {
  if (at + width > bytes.length) return null;
  return width === 8 ? bytes.readBigUInt64LE(at) : BigInt(bytes.readUInt32LE(at));
}

/** Ids are a word without its two highest bits, which hold a descriptor's state. */
function idMask(width: Width): bigint {
  return (1n << BigInt(8 * width - 2)) - 1n;
}

function nextId(id: bigint, width: Width): bigint {
  return (id + 1n) & idMask(width);
}

/**
 * Whether an id is the first of a ring with 2^k descriptors: `-2^k`, which the kernel computes in 32 bits on 64-bit machines
 * too (`_DESCS_COUNT` is an unsigned int).
 */
function isFirstId(id: bigint, width: Width): boolean {
  return [1n << 32n, idMask(width) + 1n].some((end) => {
    const count = end - id;
    return count >= 1n << 4n && count <= 1n << 20n && (count & (count - 1n)) === 0n;
  });
}

/**
 * A text without what `printk_sprint` leaves behind it: the newline, and the last two characters once more, since the text was
 * moved over its level of two bytes. Where a text really ends in the same two characters twice, these are lost; only the
 * record's length tells.
 */
function withoutLeftover(text: string): string {
  const line = text.replace(/\n$/, '');
  const [end, before] = [line.slice(-2), line.slice(-4, -2)];
  return line.length >= 4 && end === before ? line.slice(0, -2) : line;
}

type Info = { seconds: number; level: number; length: number };

/** `struct printk_info` up to what is read of it: seq (8), ts_nsec (8), text_len (2), facility (1), flags and level (1). */
const infoSize = 20;

/** Infos lie in an array; how far apart depends on the kernel's configuration (88 bytes as Debian builds it). */
const strides = [88, 24, 32, 112, 128];

/**
 * Times and levels, from the array of infos: its elements are numbered, and say how long the texts are. Found by the second
 * one, whose number, length and time (0: the clock does not run yet) are known. As many as agree with the texts.
 */
function readInfos(memory: GuestMemory, texts: readonly string[]): Info[] {
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const second = texts[1];
  if (second === undefined) return [];
  for (const length of new Set([Buffer.byteLength(withoutLeftover(second)), lengths[1] ?? 0])) {
    const needle = Buffer.alloc(18);
    needle.writeBigUInt64LE(1n, 0);
    needle.writeUInt16LE(length, 16);
    for (const at of occurrences(memory, needle)) {
      for (const stride of strides) {
        const infos = infosAt(memory, at - stride, stride, lengths);
        if (infos.length >= Math.min(4, texts.length)) return infos;
      }
    }
  }
  return [];
}

function infosAt(
  memory: GuestMemory,
  address: number,
  stride: number,
  lengths: readonly number[],
): Info[] {
  const infos: Info[] = [];
  for (const [index, longest] of lengths.entries()) {
    const bytes = memory.read(address + index * stride, infoSize);
    if (bytes.length < infoSize || bytes.readBigUInt64LE(0) !== BigInt(index)) break;
    const length = bytes.readUInt16LE(16);
    if (length > longest) break;
    const seconds = toSeconds(bytes.readBigUInt64LE(8));
    infos.push({ seconds, level: bytes.readUInt8(19) >> 5, length });
  }
  return infos;
}
