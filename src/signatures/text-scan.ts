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
          state = this.#next[edge] ||= states * width;
          if (state === states * width) states += 1;
        }
        this.#found[state / width] = unite(this.#found[state / width], [set]);
      }
    }
  }

  /** Adds the fallback transitions: to the longest suffix that is a prefix of another text. Breadth first. */
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
