/** Bytes a state of the automaton goes on with: ASCII. A larger table would not stay in the CPU's cache. */
const width = 128;

/**
 * Looks for many texts at once, in one pass (A. Aho and M. Corasick, Efficient String Matching). Made for lines of which
 * most hold none of them.
 */
export class TextScan {
  /**
   * The next state, by state and byte. A state is the index of its first entry, so that a step is one addition; it is
   * negative where something has been found once it is reached.
   */
  readonly #next: Int32Array;
  readonly #beyond: readonly number[];
  /** Which sets have been found once a state is reached. */
  readonly #found: (readonly number[] | undefined)[] = [];
  /** Room for the bytes of a text. */
  #encoded = Buffer.alloc(3 * 1024);

  /**
   * @param sets what is looked for: the index of a set is found where one of its texts is. ASCII only, none empty.
   * @param beyond which set is found, besides, where there is anything but ASCII
   */
  constructor(sets: readonly (readonly string[])[], beyond: number) {
    this.#beyond = [beyond];
    const states = 1 + sets.flat().reduce((sum, text) => sum + text.length, 0);
    this.#next = new Int32Array(states * width);
    this.#plant(sets);
    this.#link();
  }

  /** The sets with a text in these bytes, ascending. */
  bytes(bytes: Uint8Array, from: number, to: number): readonly number[] {
    const next = this.#next;
    let hits: number[] = none;
    for (let at = from, state = 0; at < to; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte >= width) {
        hits = add(hits, this.#beyond);
        state = 0;
        continue;
      }
      state = next[state + byte] ?? 0;
      if (state < 0) {
        state = -state;
        hits = add(hits, this.#found[state / width]);
      }
    }
    return hits;
  }

  /** The sets with a text in this string, ascending. */
  text(text: string): readonly number[] {
    // A character takes three bytes at most.
    if (this.#encoded.length < 3 * text.length) this.#encoded = Buffer.alloc(6 * text.length);
    return this.bytes(this.#encoded, 0, this.#encoded.write(text));
  }

  /** Makes a tree of the texts: each state is the beginning of one. */
  #plant(sets: readonly (readonly string[])[]): void {
    let states = 1;
    for (const [set, texts] of sets.entries()) {
      for (const text of texts) {
        let state = 0;
        for (let at = 0; at < text.length; at += 1) {
          const edge = state + text.charCodeAt(at);
          state = this.#next[edge] ||= states * width;
          if (state === states * width) states += 1;
        }
        this.#found[state / width] = unite(this.#found[state / width], [set]);
      }
    }
  }

  /** Where a text does not go on, the longest end of it that begins another does. The shortest beginnings first. */
  #link(): void {
    const next = this.#next;
    const queue: [state: number, other: number][] = [[0, 0]];
    for (const [state, other] of queue) {
      if (state !== 0)
        this.#found[state / width] = unite(this.#found[state / width], this.#found[other / width]);
      for (let byte = 0; byte < width; byte += 1) {
        const own = next[state + byte] ?? 0;
        const instead = state === 0 ? 0 : (next[other + byte] ?? 0);
        if (own === 0) next[state + byte] = instead;
        else queue.push([own, instead]);
      }
    }
    for (const [edge, state] of next.entries())
      if (this.#found[state / width] !== undefined) next[edge] = -state;
  }
}

/** Shared by the many lines that hold nothing; never written to. */
const none: number[] = [];

/** Puts them in where they belong: the lists are short, and `sort()` makes a copy of each. */
function add(hits: number[], here: readonly number[] = none): number[] {
  const all = hits === none ? [] : hits;
  for (const set of here) {
    if (all.includes(set)) continue;
    let at = all.push(set) - 1;
    for (; (all[at - 1] ?? 0) > set; at -= 1) all[at] = all[at - 1] ?? 0;
    all[at] = set;
  }
  return all;
}

function unite(
  one: readonly number[] | undefined,
  other: readonly number[] | undefined,
): readonly number[] | undefined {
  return other === undefined ? one : [...new Set([...(one ?? []), ...other])];
}
