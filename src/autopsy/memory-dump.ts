import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import type { GuestMemory, MemoryRange } from './guest-memory.ts';

/** A dump on disk; to be closed when nobody reads it any more. */
export type MemoryDump = GuestMemory & { close(): void };

/** A range and where in the file its bytes are. */
type Segment = MemoryRange & { offset: number };

/**
 * Opens a dump of a guest's physical memory: an ELF core, as QEMU's `dump-guest-memory` and kdump's /proc/vmcore write it, or a
 * raw one (`pmemsave`).
 *
 * @param base the physical address a raw dump begins at
 * @throws UsageError for a file that cannot be read, or is a core without memory
 */
export function openDump(file: string, base: number): MemoryDump {
  const descriptor = open(file);
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) throw new UsageError('this is no regular file', { place: file });
    const { size } = status;
    const read = (offset: number, length: number): Buffer => {
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - offset)));
      return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, offset));
    };
    if (size === 0) throw new UsageError('this file is empty', { place: file });
    const isElf = read(0, 4).equals(Buffer.from('\x7fELF'));
    const segments = isElf ? elfSegments(read, file) : [{ from: base, to: base + size, offset: 0 }];
    return {
      ranges: segments.map(({ from, to }) => ({ from, to })),
      read(address, length) {
        const segment = segments.find(({ from, to }) => address >= from && address < to);
        if (segment === undefined) return Buffer.alloc(0);
        const most = Math.min(length, segment.to - address);
        return read(segment.offset + address - segment.from, most);
      },
      close() {
        closeSync(descriptor);
      },
    };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function open(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const why = missing ? 'there is no such file' : (cause as Error).message;
    throw new UsageError(why, { place: file, cause });
  }
}

const loadable = 1; // PT_LOAD

/** The program headers of a core: elf(5). */
function elfSegments(read: (offset: number, length: number) => Buffer, file: string): Segment[] {
  const header = read(0, 64);
  const wide = header[4] === 2;
  if (header.length < (wide ? 64 : 52) || header[5] !== 1) {
    throw new UsageError('this is no little-endian ELF file', { place: file });
  }
  const [start, entrySize, count] = wide
    ? [Number(header.readBigUInt64LE(32)), header.readUInt16LE(54), header.readUInt16LE(56)]
    : [header.readUInt32LE(28), header.readUInt16LE(42), header.readUInt16LE(44)];
  const segments: Segment[] = [];
  for (let index = 0; index < count; index += 1) {
    const entry = read(start + index * entrySize, entrySize);
    if (entry.length < (wide ? 56 : 32)) break;
    if (entry.readUInt32LE(0) !== loadable) continue;
    const [offset, from, size] = wide
      ? [8, 24, 32].map((at) => Number(entry.readBigUInt64LE(at)))
      : [4, 12, 16].map((at) => entry.readUInt32LE(at));
    if (offset === undefined || from === undefined || size === undefined || size === 0) continue;
    segments.push({ from, to: from + size, offset });
  }
  if (segments.length === 0) {
    throw new UsageError('this ELF file holds no memory', {
      place: file,
      hint: 'A core of a machine is wanted, as dump-guest-memory or kdump write it.',
    });
  }
  return segments.sort((a, b) => a.from - b.from);
}
