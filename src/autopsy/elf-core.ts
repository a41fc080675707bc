import { UsageError } from '../errors.ts';
import {
  coreType,
  elfHeaderBytes,
  loadSegment,
  readElfHeader,
  readElfSegment,
  segmentBytes,
} from '../formats/elf.ts';
import { hasMagic } from '../formats/magic.ts';
import type { Bytes } from './dump-file.ts';
import { copyIt } from './dump-formats.ts';
import type { MemoryRange } from './guest-memory.ts';
import { addressEnd } from './guest-memory.ts';

/** A range of physical memory, and where in the file its bytes are. */
export type Segment = MemoryRange & { offset: number };

export function isElf({ read }: Bytes): boolean {
  return hasMagic(read(0, 4), 'elf');
}

/**
 * The memory in an ELF core, ascending, as it is claimed to be: elf(5). dump-guest-memory and /proc/vmcore give physical
 * addresses. No two segments overlap: kdump has the kernel's text twice.
 * @throws UsageError for another ELF file, or a program's core
 */
export function coreSegments({ read }: Bytes, place: string): Segment[] {
  const header = readElfHeader(read(0, elfHeaderBytes));
  if (header === null) throw new UsageError('this is no little-endian ELF file', { place });
  if (header.type !== coreType) throw notAMachines('this ELF file is no core', place);
  const { offset: start, entryBytes: step, count } = header.segments;
  const entryBytes = segmentBytes(header);
  if (count > 0 && step < entryBytes) {
    throw new UsageError('the header of this ELF file is damaged', { place, hint: copyIt });
  }
  const segments: Segment[] = [];
  for (let index = 0; index < count; index += 1) {
    const entry = read(start + index * step, entryBytes);
    if (entry.length < entryBytes) break;
    const { type, offset, physicalAddress: from, fileSize: size } = readElfSegment(entry, header);
    if (type !== loadSegment || size === 0) continue;
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
