import { UsageError } from '../errors.ts';
import type { Bytes } from './dump-file.ts';
import { copyIt } from './dump-formats.ts';
import type { MemoryRange } from './guest-memory.ts';
import { addressEnd } from './guest-memory.ts';

/** A range of physical memory, and where in the file its bytes are. */
export type Segment = MemoryRange & { offset: number };

const core = 4; // ET_CORE
const loadable = 1; // PT_LOAD

export function isElf({ read }: Bytes): boolean {
  return read(0, 4).equals(Buffer.from('\x7fELF'));
}

/**
 * The memory in an ELF core, ascending, as it is claimed to be: elf(5). dump-guest-memory and /proc/vmcore give physical
 * addresses. No two segments overlap: kdump has the kernel's text twice.
 * @throws UsageError for another ELF file, or a program's core
 */
export function coreSegments({ read }: Bytes, place: string): Segment[] {
  const header = read(0, 64);
  const wide = header[4] === 2;
  if (header.length < (wide ? 64 : 52) || header[5] !== 1) {
    throw new UsageError('this is no little-endian ELF file', { place });
  }
  if (header.readUInt16LE(16) !== core) throw notAMachines('this ELF file is no core', place);
  const [start, entrySize, count] = wide
    ? [Number(header.readBigUInt64LE(32)), header.readUInt16LE(54), header.readUInt16LE(56)]
    : [header.readUInt32LE(28), header.readUInt16LE(42), header.readUInt16LE(44)];
  const entryBytes = wide ? 56 : 32;
  if (count > 0 && entrySize < entryBytes) {
    throw new UsageError('the header of this ELF file is damaged', { place, hint: copyIt });
  }
  const segments: Segment[] = [];
  for (let index = 0; index < count; index += 1) {
    const entry = read(start + index * entrySize, entryBytes);
    if (entry.length < entryBytes) break;
    if (entry.readUInt32LE(0) !== loadable) continue;
    const [offset, from, size] = wide
      ? [8, 24, 32].map((at) => Number(entry.readBigUInt64LE(at)))
      : [4, 12, 16].map((at) => entry.readUInt32LE(at));
    if (offset === undefined || from === undefined || size === undefined || size === 0) continue;
    // Not memory: in /proc/kcore, what has no physical address.
    if (from + size > addressEnd || !Number.isSafeInteger(offset + size)) continue;
    segments.push({ from, to: from + size, offset });
  }
  if (segments.length === 0) throw notAMachines('this ELF file holds no memory', place);
  if (segments.length > 1 && segments.every(({ from }) => from === 0)) {
    throw notAMachines('this is the core of a program', place);
  }
  return disjoint(segments);
}

/** Ascending, each without what the ones before it have. */
function disjoint(segments: readonly Segment[]): Segment[] {
  const apart: Segment[] = [];
  let end = 0;
  for (const { from, to, offset } of segments.toSorted((a, b) => a.from - b.from || b.to - a.to)) {
    const skipped = Math.max(0, end - from);
    if (from + skipped < to) apart.push({ from: from + skipped, to, offset: offset + skipped });
    end = Math.max(end, to);
  }
  return apart;
}

function notAMachines(what: string, place: string): UsageError {
  const hint = 'A core of a machine is wanted, as dump-guest-memory or kdump write it.';
  return new UsageError(what, { place, hint });
}
