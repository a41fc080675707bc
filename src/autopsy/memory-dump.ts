import { UsageError } from '../errors.ts';
import { CompressedMemory, isCompressedDump } from './compressed-dump.ts';
import type { Bytes } from './dump-file.ts';
import { openDumpFile, isFlattened, unflattened } from './dump-file.ts';
import { copyIt, otherFormatOf } from './dump-formats.ts';
import type { Segment } from './elf-core.ts';
import { coreSegments, isElf } from './elf-core.ts';
import type { DumpedMemory } from './guest-memory.ts';
import { rangeAt } from './guest-memory.ts';

/** A dump on disk. Close it after use. */
export type MemoryDump = DumpedMemory & { close(): void };

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
  if (isElf(bytes)) return segmentedMemory(bytes, coreSegments(bytes, place), place);
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
    read(address, length) {
      const segment = segments[rangeAt(segments, address)];
      if (segment === undefined) return Buffer.alloc(0);
      const most = Math.min(length, segment.to - address);
      return bytes.read(segment.offset + address - segment.from, most);
    },
  };
}
