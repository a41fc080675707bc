/** A part of a guest's physical memory: `[from, to)`, in bytes. */
export type MemoryRange = { from: number; to: number };

/** A guest's physical memory, as it stood when it was read. */
export type GuestMemory = {
  /** What there is, ascending. */
  ranges: readonly MemoryRange[];
  /** Bytes at a physical address; fewer where a range ends, none outside of all. */
  read(address: number, length: number): Buffer;
};

/** The same from a dump, which need not be whole. */
export type DumpedMemory = GuestMemory & {
  /** Bytes that should be in the dump and are not; of a compressed one, those that were looked for until now. */
  missingBytes(): number;
};

/** How much is looked at in one go: small enough for the memory of a small host, large enough to be quick. Bytes. */
const chunk = 16 * 2 ** 20;

/**
 * Where some bytes occur, in ascending order of addresses.
 * @param needle not empty, and not longer than a mebibyte
 */
export function* occurrences(memory: GuestMemory, needle: Buffer): Generator<number> {
  for (const { from, to } of memory.ranges) {
    for (let start = from; start < to; start += chunk) {
      const bytes = memory.read(start, Math.min(chunk + needle.length - 1, to - start));
      for (let hit = bytes.indexOf(needle); hit !== -1; hit = bytes.indexOf(needle, hit + 1)) {
        if (hit < chunk) yield start + hit;
      }
    }
  }
}

/** The text up to the next NUL, at most `longest` bytes. */
export function textAt(memory: GuestMemory, address: number, longest: number): string {
  const bytes = memory.read(address, longest);
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end === -1 ? bytes.length : end);
}
