/** A source of random numbers that a seed repeats (xorshift32). */
export type Random = {
  /** An integer from 0 up to and without `end`. */
  below(end: number): number;
  pick<T>(from: readonly T[]): T;
};

export function randomOf(seed: number): Random {
  let state = seed >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
  // Neighbouring seeds begin alike.
  for (let round = 0; round < 8; round += 1) next();
  const below = (end: number): number => (end <= 1 ? 0 : next() % end);
  return {
    below,
    pick: (from) => {
      const chosen = from[below(from.length)];
      if (chosen === undefined) throw new Error('nothing to pick from');
      return chosen;
    },
  };
}
