/** A part of a guest's physical memory: `[from, to)`, in bytes. */
export type MemoryRange = { from: number; to: number };

/** No physical address is higher: arm64 has 52 bits (Arm ARM, FEAT_LPA), 32-bit arm 40. */
export const addressEnd = 2 ** 52;

/** A guest's physical memory at the time it was read. */
export type GuestMemory = {
  /** The memory that exists, ascending. Ranges do not overlap, and the bytes of each are in the dump. */
  ranges: readonly MemoryRange[];
  /** The parts that can contain bytes other than zero, ascending; undefined if that is all of it. */
  held?: () => Iterable<MemoryRange>;
  /** Bytes at a physical address; fewer at the end of a range, none outside all ranges. */
  read(address: number, length: number): Buffer;
};

/** Memory from a dump, which may be incomplete. */
export type DumpedMemory = GuestMemory & {
  /** Bytes missing from the dump; for a compressed dump, those found missing so far. */
  missingBytes(): number;
  /** Whether makedumpfile marked the dump as incomplete: its disk was full. */
  isMarkedIncomplete: boolean;
};

/** How much is searched at once: small enough for a small host, large enough to be fast. Bytes. */
const chunk = 16 * 2 ** 20;

type Where = {
  /** Accept only addresses that are `at` more than a multiple of `every`. Bytes. */
  every?: number;
  at?: number;
  /** Whether the data at `hit` in `bytes`, which may end anywhere, can be a match. Saves reading it again. */
  accept?: (bytes: Buffer, hit: number) => boolean;
};

/**
 * Finds where some bytes occur, in ascending order of addresses. Takes time in proportion to the memory: rejected places
 * are skipped immediately.
 * @param needle not empty, and not longer than a mebibyte
 */
export function* occurrences(
  memory: GuestMemory,
  needle: Buffer,
  { every = 1, at = 0, accept = () => true }: Where = {},
): Generator<number> {
  for (const { from, to } of memory.held?.() ?? memory.ranges) {
    for (let start = from; start < to; start += chunk) {
      const bytes = memory.read(start, Math.min(chunk + needle.length - 1, to - start));
      if (bytes.length === 0) break;
      for (let hit = bytes.indexOf(needle); hit !== -1 && hit < chunk;) {
        const above = (((start + hit - at) % every) + every) % every;
        if (above === 0 && accept(bytes, hit)) yield start + hit;
        hit = bytes.indexOf(needle, hit + every - above);
      }
    }
  }
}

/** The index of the range that contains an address; -1 if none does. */
export function rangeAt(ranges: readonly MemoryRange[], address: number): number {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle]?.to ?? Infinity) > address) high = middle;
    else low = middle + 1;
  }
  const found = ranges[low];
  return found !== undefined && found.from <= address ? low : -1;
}

/** The text up to the next NUL, at most `longest` bytes. */
export function textAt(memory: GuestMemory, address: number, longest: number): string {
  const bytes = memory.read(address, longest);
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end === -1 ? bytes.length : end);
}

/**
 * A limit on one kind of work that a guest can cause. It counts work and not time, so that a dump gives the same result on
 * every host.
 */
export class Budget {
  #left: number;
  #exhausted = false;

  constructor(limit: number) {
    this.#left = limit;
  }

  /** Whether work was refused. */
  get exhausted(): boolean {
    return this.#exhausted;
  }

  /** Whether that much work is still allowed. Once it has refused, it always refuses. */
  spend(amount: number): boolean {
    if (amount > this.#left) this.#exhausted = true;
    else this.#left -= amount;
    return !this.#exhausted;
  }
}

/** A structure in a guest's memory that cannot be read. The message is the reason, a short phrase. */
export class Unreadable extends Error {}

/** How many reasons are kept. A guest can cause as many as fit into its memory. */
const most = 16;

/** Structures in memory that could not be read or were skipped. */
export class UnreadList {
  readonly #reasons = new Set<string>();
  #more = false;

  add(reason: string): void {
    if (this.#reasons.size < most) this.#reasons.add(reason);
    else this.#more ||= !this.#reasons.has(reason);
  }

  /** The distinct reasons, as short phrases. */
  all(): string[] {
    return [...this.#reasons, ...(this.#more ? ['more structures cannot be read'] : [])];
  }
}
