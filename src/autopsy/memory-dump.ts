import { UsageError } from '../errors.ts';
import {
  coreType,
  elfHeaderBytes,
  loadSegment,
  readElfHeader,
  readElfSegment,
  segmentBytes,
} from '../formats/executable.ts';
import { hasMagic } from '../formats/magic.ts';
import { CompressedMemory, isCompressedDump } from './compressed-dump.ts';
import type { Bytes } from './dump-file.ts';
import { copyIt, openDumpFile, isFlattened, unflattened, otherFormatOf } from './dump-file.ts';
import type { MemoryRange, DumpedMemory } from './guest-memory.ts';
import { addressEnd, rangeAt } from './guest-memory.ts';

/** A dump on disk. Close it after use. */
type MemoryDump = DumpedMemory & { close(): void };

/**
 * Opens a dump of a guest's physical memory: an ELF core, as QEMU's `dump-guest-memory` and kdump's /proc/vmcore write it, a
 * compressed one, as makedumpfile does, either of them flattened, or a raw one (`pmemsave`).
 *
 * @param base the physical address a raw dump begins at
 * @throws UsageError for a file that cannot be read or has another known format
 */
export function openDump(file: string, base: number): MemoryDump {
  const opened = openDumpFile(file);
  try {
    const bytes = isFlattened(opened) ? unflattened(opened, file) : opened;
    return Object.assign(memoryIn(bytes, base, file), { close: opened.close });
  } catch (error) {
    opened.close();
    throw error;
  }
}

function memoryIn(bytes: Bytes, base: number, place: string): DumpedMemory {
  if (isCompressedDump(bytes)) return new CompressedMemory(bytes, place);
  if (isElf(bytes)) {
    const { segments, isMarkedIncomplete } = readCore(bytes, place);
    return { ...segmentedMemory(bytes, segments, place), isMarkedIncomplete };
  }
  const other = otherFormatOf(bytes.read(0, 16));
  if (other !== undefined) {
    throw new UsageError(`this file is ${other.name}`, { place, hint: other.hint });
  }
  return segmentedMemory(bytes, [{ from: base, to: base + bytes.size, offset: 0 }], place);
}

/** @throws UsageError if the segments hold more memory than the file has bytes, so that they overlap */
function segmentedMemory(bytes: Bytes, claimed: Segment[], place: string): DumpedMemory {
  const segments = claimed
    .map(({ from, to, offset }) => ({
      from,
      to: Math.min(to, from + Math.max(0, bytes.size - offset)),
      offset,
    }))
    .filter(({ from, to }) => from < to);
  const [wanted, present] = [claimed, segments].map((some) =>
    some.reduce((sum, { from, to }) => sum + to - from, 0),
  ) as [number, number];
  if (present > bytes.size) {
    throw new UsageError('the segments of this dump overlap', { place, hint: copyIt });
  }
  return {
    ranges: segments.map(({ from, to }) => ({ from, to })),
    missingBytes: () => wanted - present,
    isMarkedIncomplete: false,
    read(address, length) {
      const segment = segments[rangeAt(segments, address)];
      if (segment === undefined) return Buffer.alloc(0);
      const most = Math.min(length, segment.to - address);
      return bytes.read(segment.offset + address - segment.from, most);
    },
  };
}

/** A range of physical memory, and where in the file its bytes are. */
type Segment = MemoryRange & { offset: number };

function isElf({ read }: Bytes): boolean {
  return hasMagic(read(0, 4), 'elf');
}

/** In `e_flags`, from makedumpfile (DUMP_ELF_INCOMPLETE). */
const incomplete = 0x1;

/**
 * The memory that an ELF core claims to contain, ascending: elf(5). dump-guest-memory and /proc/vmcore give physical
 * addresses. No two segments overlap: kdump has the kernel's text twice.
 * @throws UsageError for another ELF file, or a program's core
 */
function readCore({ read }: Bytes, place: string) {
  const header = readElfHeader(read(0, elfHeaderBytes));
  if (header === null) throw new UsageError('this is not a little-endian ELF file', { place });
  if (header.type !== coreType) throw notAMachines('this ELF file is not a core dump', place);
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
    // Segments of /proc/kcore without a physical address are not memory.
    if (from + size > addressEnd || !Number.isSafeInteger(offset + size)) continue;
    segments.push({ from, to: from + size, offset });
  }
  if (segments.length === 0) throw notAMachines('this ELF file contains no memory', place);
  if (segments.length > 1 && segments.every(({ from }) => from === 0)) {
    throw notAMachines('this is the core dump of a program', place);
  }
  return {
    segments: disjoint(segments),
    isMarkedIncomplete: (header.flags & incomplete) !== 0,
  };
}

/** Ascending, each without the parts that earlier ones contain. */
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
  const hint = 'Use the core dump of a machine, as dump-guest-memory or kdump write it.';
  return new UsageError(what, { place, hint });
}
