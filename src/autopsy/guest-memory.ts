/** A part of a guest's physical memory: `[from, to)`, in bytes. */
export type MemoryRange = { from: number; to: number };

/** No physical address is higher: arm64 has 52 bits (Arm ARM, FEAT_LPA), 32-bit arm 40. */
export const addressEnd = 2 ** 52;

/** A guest's physical memory, as it stood when it was read. */
export type GuestMemory = {
  /** What there is, ascending. No two overlap, and each has its bytes in the dump. */
  ranges: readonly MemoryRange[];
  /** The parts of it that can hold anything but zeros, ascending; left out where that is all. */
  held?: () => Iterable<MemoryRange>;
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

type Where = {
  /** Only addresses that are `at` more than a multiple of `every` count. Bytes. */
  every?: number;
  at?: number;
  /** Whether what stands at `hit` in `bytes`, which end anywhere, can be what is looked for. Spares reading it again. */
  accept?: (bytes: Buffer, hit: number) => boolean;
};

/**
 * Where some bytes occur, in ascending order of addresses. Takes time in proportion to the memory: of places that cannot
 * be, each is skipped at once.
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

/** The index of the range with an address in it; -1 where none has. */
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
 * A limit on one kind of work that a guest can ask for. It counts work and not time, so that a dump gives the same answer on
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

  /** Whether that much may still be done; false from the first time that it may not. */
  spend(amount: number): boolean {
    if (amount > this.#left) this.#exhausted = true;
    else this.#left -= amount;
    return !this.#exhausted;
  }
}

/** Something in a guest's memory that is not what it says it is. The message is the reason, in a few words. */
export class Unreadable extends Error {}

/** So many reasons are kept. A guest can make as many as it has memory for. */
const most = 16;

/** What was found in memory and could not be read, or was left out. */
export class UnreadList {
  readonly #reasons = new Set<string>();
  #more = false;

  add(reason: string): void {
    if (this.#reasons.size < most) this.#reasons.add(reason);
    else this.#more ||= !this.#reasons.has(reason);
  }

  /** One sentence fragment each, every one once. */
  all(): string[] {
    return [...this.#reasons, ...(this.#more ? ['there is more that cannot be read'] : [])];
  }
}
