/** Bytes a state of the automaton goes on with. */
const width = 256;

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
  /** Which sets have been found once a state is reached. */
  readonly #found: (readonly number[] | undefined)[] = [];

  /**
   * @param sets what is looked for: the index of a set is found where one of its texts is. Latin-1 only, none empty.
   */
  constructor(sets: readonly (readonly string[])[]) {
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
      state = next[state + (bytes[at] ?? 0)] ?? 0;
      if (state < 0) {
        state = -state;
        hits = add(hits, this.#found[state / width]);
      }
    }
    return hits.length > 1 ? hits.sort(ascending) : hits;
  }

  /** The sets with a text in this string, ascending. */
  text(text: string): readonly number[] {
    const next = this.#next;
    let hits: number[] = none;
    for (let at = 0, state = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      state = code < width ? (next[state + code] ?? 0) : 0;
      if (state < 0) {
        state = -state;
        hits = add(hits, this.#found[state / width]);
      }
    }
    return hits.length > 1 ? hits.sort(ascending) : hits;
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

function add(hits: number[], here: readonly number[] = none): number[] {
  const sum = hits === none ? [] : hits;
  for (const set of here) if (!sum.includes(set)) sum.push(set);
  return sum;
}

function unite(
  one: readonly number[] | undefined,
  other: readonly number[] | undefined,
): readonly number[] | undefined {
  return other === undefined ? one : [...new Set([...(one ?? []), ...other])];
}

function ascending(one: number, other: number): number {
  return one - other;
}
