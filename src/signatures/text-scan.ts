/** Transitions per state, one for each ASCII byte. A larger table would not fit into the CPU's cache. */
const width = 128;

/**
 * Searches for many texts in one pass (A. Aho and M. Corasick, Efficient String Matching). Fast for lines that contain none
 * of them, as most do.
 */
export class TextScan {
  /**
   * The next state, by state and byte. A state is the index of its first entry, so a step is one addition. It is negative
   * if reaching it completes a text.
   */
  readonly #next: Int32Array;
  readonly #beyond: readonly number[];
  /** The sets whose texts are complete at each state. */
  readonly #found: (readonly number[] | undefined)[] = [];
  /** The bytes with which a text goes on, at each state. */
  readonly #edges: number[][] = [];
  /** Room for the bytes of a text. */
  #encoded = Buffer.alloc(3 * 1024);

  /**
   * @param sets the texts to search for: a set is found if any of its texts is. ASCII only, none empty.
   * @param beyond the set that is found if there are characters outside ASCII
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

  /** Builds a tree of the texts: each state is a prefix of a text. */
  #plant(sets: readonly (readonly string[])[]): void {
    let states = 1;
    for (const [set, texts] of sets.entries()) {
      for (const text of texts) {
        let state = 0;
        for (let at = 0; at < text.length; at += 1) {
          const edge = state + text.charCodeAt(at);
          state = this.#next[edge] ?? 0;
          if (state !== 0) continue;
          state = states * width;
          states += 1;
          this.#next[edge] = state;
          (this.#edges[(edge - text.charCodeAt(at)) / width] ??= []).push(text.charCodeAt(at));
        }
        this.#found[state / width] = unite(this.#found[state / width], [set]);
      }
    }
  }

  /**
   * Adds the fallback transitions: those of the longest suffix that is a prefix of another text. Breadth first, so that the
   * row of the suffix is complete when it is copied.
   */
  #link(): void {
    const next = this.#next;
    const states = [0];
    const suffixes = [0];
    for (let index = 0; index < states.length; index += 1) {
      const state = states[index] ?? 0;
      const suffix = suffixes[index] ?? 0;
      const edges = this.#edges[state / width] ?? [];
      const after = edges.map((byte) => next[state + byte] ?? 0);
      next.copyWithin(state, suffix, suffix + width);
      for (let each = 0; each < edges.length; each += 1) {
        const edge = state + (edges[each] ?? 0);
        const child = after[each] ?? 0;
        const behind = state === 0 ? 0 : Math.abs(next[edge] ?? 0);
        const found = unite(this.#found[child / width], this.#found[behind / width]);
        this.#found[child / width] = found;
        next[edge] = found === undefined ? child : -child;
        states.push(child);
        suffixes.push(behind);
      }
    }
  }
}

/** Shared by all lines without a text; never modified. */
const none: number[] = [];

/** Inserts in ascending order. The lists are short, and `sort()` would copy each. */
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
