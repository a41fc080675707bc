/** A set of page numbers, as a bitmap whose first page is the lowest bit of the first byte. */
export class PageBitmap {
  readonly #bits: Buffer;
  /** How many bits are set in front of each byte. */
  readonly #before: Uint32Array;

  constructor(bits: Buffer) {
    this.#bits = bits;
    this.#before = new Uint32Array(bits.length);
    for (let at = 1; at < bits.length; at += 1) {
      this.#before[at] = (this.#before[at - 1] ?? 0) + ones(bits[at - 1] ?? 0);
    }
  }

  has(page: number): boolean {
    return ((this.#bits[page >>> 3] ?? 0) & (1 << (page & 7))) !== 0;
  }

  /** How many pages in front of this one are in the set. */
  rank(page: number): number {
    const below = (this.#bits[page >>> 3] ?? 0) & ((1 << (page & 7)) - 1);
    return (this.#before[page >>> 3] ?? 0) + ones(below);
  }

  /** Pages that follow each other, `[from, to)`, ascending. */
  runs(): { from: number; to: number }[] {
    const runs: { from: number; to: number }[] = [];
    let from: number | null = null;
    for (let page = 0; page <= this.#bits.length * 8; page += 1) {
      if (this.has(page)) from ??= page;
      else if (from !== null) {
        runs.push({ from, to: page });
        from = null;
      }
    }
    return runs;
  }
}

function ones(byte: number): number {
  let count = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
