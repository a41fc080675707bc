import type { KernelRecord } from '../model/examination.ts';
import type { GuestMemory } from './guest-memory.ts';
import { Budget, occurrences } from './guest-memory.ts';
import { longestText, toSeconds } from './kernel-log.ts';

/** The first message of every kernel, on arm and on arm64 (`smp_setup_processor_id`). The format string continues with a `%`. */
const firstWords = Buffer.from('Booting Linux on physical CPU 0x');

const formatted = /^Booting Linux on physical CPU 0x[0-9a-f]+(?: \[0x[0-9a-f]+\])?$/;

/** No log buffer worth reading is larger: Debian's has 128 KiB. Bytes. */
const largestBuffer = 2 ** 21;

/** Sizes of a machine word: every record starts with an id of one word. */
const widths = [8, 4] as const;
type Width = (typeof widths)[number];

/** The work allowed for all logs that are found this way. A guest can fill its memory with starts of logs. */
type FirstWordsBudget = {
  /** Records and infos that are read. */
  reads: Budget;
  /** Searches of the whole memory for the infos of a log. */
  searches: Budget;
};

/** Enough for a hundred logs as large as Debian's, and for the infos of the first four. */
export function firstWordsBudget(): FirstWordsBudget {
  return { reads: new Budget(2 ** 18), searches: new Budget(8) };
}

/** Where the first words follow the id of a first record. Format strings and copies do not follow one. */
export function* findFirstWords(memory: GuestMemory): Generator<number> {
  // If the id lies outside these bytes, the reader of the log checks it.
  const accept = (bytes: Buffer, hit: number): boolean =>
    hit < widths[0] || widths.some((width) => isFirstId(wordAt(bytes, hit - width, width), width));
  yield* occurrences(memory, firstWords, { every: widths[1], accept });
}

/**
 * Reads the log whose first record's text is at `address`, without any description of the kernel's.
 *
 * Since Linux 5.10 the texts of records lie in a ring, each after the id of its descriptor, and ids count up by one
 * (kernel/printk/printk_ringbuffer.c). The first is `-(number of descriptors)`, a value that occurs nowhere else: it distinguishes a log
 * from copies of its text.
 *
 * @returns null if no log starts here (a format string or a copy); otherwise as many records as the budget allows
 */
export function readFirstWordsLog(
  memory: GuestMemory,
  address: number,
  budget = firstWordsBudget(),
): KernelRecord[] | null {
  for (const width of widths) {
    const first = wordAt(memory.read(address - width, width), 0, width);
    if (first === null || !isFirstId(first, width)) continue;
    const texts = [...blocks(memory, { start: address - width, first, width }, budget.reads)];
    if (!formatted.test(withoutLeftover(texts[0] ?? ''))) continue;
    const known = readInfos(memory, texts, budget);
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
  { start, first, width }: { start: number; first: bigint; width: Width },
  reads: Budget,
): Generator<string> {
  let at = start;
  for (let id = first; at - start < largestBuffer && reads.spend(1); id += 1n) {
    const bytes = memory.read(at, longestText);
    const next = findWord(bytes, nextId(id, width), width);
    const block = bytes.subarray(width, next ?? bytes.length);
    const nul = block.indexOf(0);
    yield block.toString('utf8', 0, nul === -1 ? block.length : nul);
    if (next === null) return;
    at += next;
  }
}

/** Where in a block the next block starts. */
function findWord(bytes: Buffer, wanted: bigint, width: Width): number | null {
  const word = Buffer.alloc(8);
  word.writeBigUInt64LE(wanted);
  const needle = word.subarray(0, width);
  let at = bytes.indexOf(needle, width);
  while (at % width !== 0 && at !== -1) at = bytes.indexOf(needle, at + width - (at % width));
  return at === -1 ? null : at;
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
function isFirstId(id: bigint | null, width: Width): boolean {
  if (id === null) return false;
  return [1n << 32n, idMask(width) + 1n].some((end) => {
    const count = end - id;
    return count >= 1n << 4n && count <= 1n << 20n && (count & (count - 1n)) === 0n;
  });
}

/**
 * A text without what `printk_sprint` leaves after it: the newline, and a repetition of the last two characters, because the text was
 * moved over its two-byte level. If a text itself ends with such a repetition, the repetition is lost; only the
 * record's length would show it.
 */
function withoutLeftover(text: string): string {
  const line = text.replace(/\n$/, '');
  const [end, before] = [line.slice(-2), line.slice(-4, -2)];
  return line.length >= 4 && end === before ? line.slice(0, -2) : line;
}

type Info = { seconds: number; level: number; length: number };

/** The part of `struct printk_info` that is read: seq (8), ts_nsec (8), text_len (2), facility (1), flags and level (1). */
const infoSize = 20;

/** It begins with a 64-bit number. Bytes. */
const infoAlignment = 8;

/** The sizes of an element in the array of infos, which depend on the kernel's configuration (88 bytes in Debian). */
const strides = [88, 24, 32, 112, 128];

/**
 * Times and levels, from the array of infos. Its elements contain their numbers and the lengths of the texts. The array is found
 * by its second element, whose number, length and time (0: the clock does not run yet) are known. Returns the elements that
 * agree with the texts.
 */
function readInfos(
  memory: GuestMemory,
  texts: readonly string[],
  { reads, searches }: FirstWordsBudget,
): Info[] {
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const second = texts[1];
  if (second === undefined) return [];
  for (const length of new Set([Buffer.byteLength(withoutLeftover(second)), lengths[1] ?? 0])) {
    if (!searches.spend(1)) break;
    const needle = Buffer.alloc(18);
    needle.writeBigUInt64LE(1n, 0);
    needle.writeUInt16LE(length, 16);
    for (const at of occurrences(memory, needle, { every: infoAlignment })) {
      for (const stride of strides) {
        const infos = infosAt(memory, at - stride, stride, lengths, reads);
        if (infos.length >= Math.min(4, texts.length)) return infos;
      }
      if (reads.exhausted) return [];
    }
  }
  return [];
}

function infosAt(
  memory: GuestMemory,
  address: number,
  stride: number,
  lengths: readonly number[],
  reads: Budget,
): Info[] {
  const infos: Info[] = [];
  for (const [index, longest] of lengths.entries()) {
    if (!reads.spend(1)) break;
    const bytes = memory.read(address + index * stride, infoSize);
    if (bytes.length < infoSize || bytes.readBigUInt64LE(0) !== BigInt(index)) break;
    const length = bytes.readUInt16LE(16);
    if (length > longest) break;
    const seconds = toSeconds(bytes.readBigUInt64LE(8));
    infos.push({ seconds, level: bytes.readUInt8(19) >> 5, length });
  }
  return infos;
}
