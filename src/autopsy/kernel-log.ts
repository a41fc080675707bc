import type { KernelLog, KernelRecord } from '../model/examination.ts';
import type { GuestMemory } from './guest-memory.ts';
import { Budget, Unreadable } from './guest-memory.ts';
import type { ToPhysical, Vmcoreinfo, RingLayout } from './vmcoreinfo.ts';
import { ringLayoutOf } from './vmcoreinfo.ts';

/** Longer than the text of any record: printk truncates at a kilobyte (PRINTKRB_RECORD_MAX). Bytes. */
export const longestText = 4096;

/** Reads the release and the command line from the records. */
export function describeLog(
  foundBy: KernelLog['foundBy'],
  address: number,
  records: KernelRecord[],
): KernelLog {
  const first = (pattern: RegExp): string | null => {
    for (const { text } of records) {
      const match = pattern.exec(text);
      if (match !== null) return match[1] ?? null;
    }
    return null;
  };
  return {
    foundBy,
    address,
    release: first(/^Linux version (\S+) /),
    cmdline: first(/^Kernel command line: (.*)$/),
    records,
  };
}

/** Emergencies and alerts: printk's levels 0 and 1. */
const severe = 1;

/**
 * The most important lines of a log, as a console would show them: those around its first alert, otherwise the last ones;
 * and the panic, which may come long after the alert.
 */
export function tellingLines(log: KernelLog): string[] {
  const { records } = log;
  const trouble = records.findIndex(({ level }) => level !== null && level <= severe);
  const end = trouble === -1 ? records.length : trouble + 6;
  const shown = records.slice(Math.max(0, end - 12), end);
  const panic = panicOf(log);
  const last = panic === undefined || shown.includes(panic) ? [] : [panic];
  return [...shown, ...last].flatMap(printedLines);
}

/** The record of a kernel's panic. A kernel that has panicked never goes on. */
export function panicOf({ records }: KernelLog): KernelRecord | undefined {
  return records.find(({ text }) => text.startsWith('Kernel panic - not syncing: '));
}

/** The reason of a kernel's panic in one line, without printk's words before it. */
export function panicWords(log: KernelLog): string | undefined {
  const [line] = panicOf(log)?.text.split('\n') ?? [];
  return line?.replace(/^Kernel panic - not syncing: /, '').trim();
}

/** A record's time as printk shows it: whole microseconds, truncated and not rounded. */
export function toSeconds(nanoseconds: bigint): number {
  return Number(nanoseconds / 1000n) / 1e6;
}

/** A record as printk writes it to a serial console: each of its lines prefixed with the time. */
export function printedLines({ seconds, text }: KernelRecord): string[] {
  const prefix = seconds === null ? '' : `[${seconds.toFixed(6).padStart(12)}] `;
  return text.split('\n').map((line) => prefix + line);
}

/** The two highest bits of a descriptor's state word. Committed and finalized descriptors hold a record. */
const states = { committed: 1n, finalized: 2n };

/** The largest configurable buffer (LOG_BUF_SHIFT) has 32 MiB of text, and a descriptor for each 32 bytes. */
const mostBits = { count: 20, text: 25 };

/**
 * Reads a kernel's log through its printk ring: `struct printk_ringbuffer` of Linux 5.10 and later
 * (kernel/printk/printk_ringbuffer.h), whose layout the kernel itself describes. Nothing in it is trusted: a ring that is
 * too large, lies outside memory or holds more text than it has room for is rejected.
 *
 * @param budget the number of descriptors that may be read, in all rings
 * @returns the records, oldest first, and the physical address of the ring; null if it has no record
 * @throws Unreadable if the data is not a valid ring
 */
export function readPrintkRing(
  memory: GuestMemory,
  info: Vmcoreinfo,
  toPhysical: ToPhysical,
  budget = new Budget(2 ** mostBits.count),
): { address: number; records: KernelRecord[] } | null {
  const layout = ringLayoutOf(info);
  const at = (address: bigint, length: number): Buffer => {
    const physical = toPhysical(address);
    return physical === null ? Buffer.alloc(0) : memory.read(physical, length);
  };
  try {
    const pointer = info.symbols.get('prb') ?? 0n;
    const ringAt = word(at(pointer, layout.width), 0, layout);
    const ring = readRing(at(ringAt, layout.ring.size), layout, at, budget);
    const records = [...recordsOf(ring, layout)];
    return records.length === 0 ? null : { address: toPhysical(ringAt) ?? 0, records };
  } catch (error) {
    if (error instanceof RangeError) throw new Unreadable('its log lies outside memory');
    throw error;
  }
}

/** The parts of a ring, as far as memory contains them. */
type Ring = {
  count: number;
  head: bigint;
  tail: bigint;
  descs: Buffer;
  infos: Buffer;
  textSize: number;
  text: Buffer;
};

function readRing(
  ring: Buffer,
  layout: RingLayout,
  at: (address: bigint, length: number) => Buffer,
  budget: Budget,
): Ring {
  const { ring: place, desc, info } = layout;
  const countBits = ring.readUInt32LE(place.countBits);
  const textBits = ring.readUInt32LE(place.textBits);
  if (countBits > mostBits.count || textBits > mostBits.text) {
    throw new Unreadable(`its log would have 2^${countBits} records and 2^${textBits} bytes`);
  }
  const count = 2 ** countBits;
  const textSize = 2 ** textBits;
  if (!budget.spend(count)) throw new Unreadable('there are too many logs to read them all');
  return {
    count,
    textSize,
    head: word(ring, place.head, layout),
    tail: word(ring, place.tail, layout),
    descs: at(word(ring, place.descs, layout), count * desc.size),
    infos: at(word(ring, place.infos, layout), count * info.size),
    text: at(word(ring, place.text, layout), textSize),
  };
}

/** Yields the records from the oldest on. Reads each descriptor at most once. */
function* recordsOf(ring: Ring, layout: RingLayout): Generator<KernelRecord> {
  const { count, head, tail, descs, infos } = ring;
  const { desc, info, width } = layout;
  const stateShift = BigInt(8 * width - 2);
  const idMask = (1n << stateShift) - 1n;
  let texts = 0;
  for (let id = tail & idMask, left = count; left > 0; id = (id + 1n) & idMask, left -= 1) {
    const index = Number(id % BigInt(count));
    const place = index * desc.size;
    const state = word(descs, place + desc.state, layout);
    const use = state >> stateShift;
    const held = use === states.committed || use === states.finalized;
    if (held && (state & idMask) === id) {
      const begin = word(descs, place + desc.begin, layout);
      const next = word(descs, place + desc.next, layout);
      const from = index * info.size;
      const length = infos.readUInt16LE(from + info.length);
      const nanoseconds = infos.readBigUInt64LE(from + info.time);
      // `flags:5, level:3` share the byte after the facility and have no offset of their own.
      const level = infos.readUInt8(from + info.length + 3) >> 5;
      const data = dataOf(ring, begin, next, width);
      texts += Math.min(length, data.length);
      // Each record has its own part of the ring.
      if (texts > ring.textSize) throw new Unreadable('its records overlap');
      const text = data.toString('utf8', 0, Math.min(length, longestText));
      yield { seconds: toSeconds(nanoseconds), level, text };
    }
    if (id === head) return;
  }
}

/** Reads a machine word. @throws RangeError outside the bytes */
function word(bytes: Buffer, from: number, { width }: RingLayout): bigint {
  return width === 8 ? bytes.readBigUInt64LE(from) : BigInt(bytes.readUInt32LE(from));
}

/**
 * The text of a block, after its id. Positions increase without limit; a block that does not fit at the end of the ring is
 * at its start. A record without text has odd positions.
 */
function dataOf(
  { text, textSize }: Pick<Ring, 'text' | 'textSize'>,
  begin: bigint,
  next: bigint,
  width: number,
): Buffer {
  if ((begin & 1n) === 1n) return Buffer.alloc(0);
  const size = BigInt(textSize);
  const wrapped = begin / size !== next / size && next % size !== 0n;
  const from = wrapped ? 0 : Number(begin % size);
  const to = next % size === 0n ? textSize : Number(next % size);
  return text.subarray(from + width, to);
}
