import type { Bytes } from './dump-file.ts';

/** How much is read, and how much is counted, at once. Bytes. */
const block = 4096;
const group = 64;

const noBits = Buffer.alloc(block);

/**
 * A set of page numbers, as a bitmap whose first page is the lowest bit of the first byte. It stays in its
 * file: the bitmap of a machine with terabytes of addresses is larger than the memory a process should use.
 */
export class PageBitmap {
  readonly #bits: Bytes;
  /** How many bits are set before each group; the last element is the total. */
  readonly #before: Uint32Array;
  #last = { index: -1, bytes: Buffer.alloc(0) as Buffer };

  /** @param bits a multiple of a block, and at most 2^29 bytes */
  constructor(bits: Bytes) {
    this.#bits = bits;
    const groups = bits.size / group;
    this.#before = new Uint32Array(groups + 1);
    for (let index = 0; index < groups;) {
      const from = index * group;
      const known = this.#rankAt(index);
      if (from % block === 0 && bits.read(from, block).equals(noBits)) {
        this.#before.fill(known, index, index + block / group + 1);
        index += block / group;
      } else {
        this.#before[index + 1] = known + this.#ones(from, from + group);
        index += 1;
      }
    }
  }

  /** How many pages are in the set. */
  get count(): number {
    return this.#rankAt(this.#bits.size / group);
  }

  has(page: number): boolean {
    return (this.#byte(Math.floor(page / 8)) & (1 << (page % 8))) !== 0;
  }

  /** How many pages before this one are in the set. */
  rank(page: number): number {
    const byte = Math.floor(page / 8);
    const index = Math.floor(byte / group);
    const below = this.#byte(byte) & ((1 << (page % 8)) - 1);
    return this.#rankAt(index) + this.#ones(index * group, byte) + (onesOf[below] ?? 0);
  }

  /** Pages that follow each other, `[from, to)`, ascending. */
  *runs(): Generator<{ from: number; to: number }> {
    let from: number | null = null;
    for (let index = 0; index * group < this.#bits.size; index += 1) {
      const set = this.#rankAt(index + 1) - this.#rankAt(index);
      const first = index * group * 8;
      // If all bits are equal, only the first can start or end a run.
      const looked = set === 0 || set === group * 8 ? 1 : group * 8;
      for (let page = first; page < first + looked; page += 1) {
        if (this.has(page)) from ??= page;
        else if (from !== null) {
          yield { from, to: page };
          from = null;
        }
      }
    }
    if (from !== null) yield { from, to: this.#bits.size * 8 };
  }

  #rankAt(index: number): number {
    return this.#before[index] ?? 0;
  }

  #ones(from: number, to: number): number {
    let count = 0;
    for (let at = from; at < to; at += 1) count += onesOf[this.#byte(at)] ?? 0;
    return count;
  }

  #byte(at: number): number {
    const index = Math.floor(at / block);
    if (index !== this.#last.index) {
      this.#last = { index, bytes: this.#bits.read(index * block, block) };
    }
    return this.#last.bytes[at % block] ?? 0;
  }
}

/** How many bits are set in each byte. */
const onesOf = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) count += 1;
  return count;
});
