import type { Shape } from '../qemu/shape.ts';

/** Shapes that a scenario is booted in: each dimension is a list of alternatives. */
export type Shapes = {
  vary: readonly (readonly Shape[])[];
  /** Combinations to leave out: those that have all of an entry's values. */
  exclude: readonly Shape[];
};

/** More combinations than this are not searched. */
export const mostCombinations = 50_000;

/** How many combinations the alternatives have. */
export function combinationsOf({ vary }: Pick<Shapes, 'vary'>): number {
  return vary.reduce((product, alternatives) => product * alternatives.length, 1);
}

/** How often the greedy search is repeated, from other combinations on. More searches find hardly fewer shapes. */
const searches = 3;

/**
 * The fewest shapes that some greedy searches find in which every possible pair of alternatives occurs: most faults that
 * depend on several properties depend on two (NIST SP 800-142). Each step takes the combination with the most pairs that are
 * still missing, the first of equals, so the result is always the same. A pair is possible if any allowed combination has it.
 *
 * @param isPossible whether a machine can have this shape
 */
export function pairwiseShapes(
  { vary, exclude }: Shapes,
  isPossible: (shape: Shape) => boolean,
): Shape[] {
  const offsets = offsetsOf(vary);
  const rows = [...possibleRows({ vary, exclude }, isPossible)].map(({ row, shape }) => ({
    shape,
    pairs: pairsOf(row, offsets),
  }));
  const found = Array.from({ length: searches }, (_, index) => {
    const start = Math.floor((index * rows.length) / searches);
    return search([...rows.slice(start), ...rows.slice(0, start)], offsets.at(-1) ?? 0);
  });
  return found.reduce((least, other) => (other.length < least.length ? other : least));
}

/** Whether any combination is possible. */
export function isAnyPossible(shapes: Shapes, isPossible: (shape: Shape) => boolean): boolean {
  return possibleRows(shapes, isPossible).next().done !== true;
}

/** The allowed combinations, as the index of the alternative in each dimension; the last dimension changes fastest. */
function* possibleRows(
  { vary, exclude }: Shapes,
  isPossible: (shape: Shape) => boolean,
): Generator<{ row: number[]; shape: Shape }> {
  for (const row of product(vary.map(({ length }) => length))) {
    const shape = shapeOf(vary, row);
    if (!exclude.some((entry) => matches(shape, entry)) && isPossible(shape)) yield { row, shape };
  }
}

type Row = { shape: Shape; pairs: Uint32Array };

/** Rows that have every pair of all rows. @param codes how many alternatives there are */
function search(rows: readonly Row[], codes: number): Shape[] {
  const missing = new Uint8Array(codes ** 2);
  for (const { pairs } of rows) for (const pair of pairs) missing[pair] = 1;
  const countMissing = ({ pairs }: Row) => {
    let count = 0;
    for (const pair of pairs) count += missing[pair] ?? 0;
    return count;
  };
  const chosen: Shape[] = [];
  while (missing.includes(1)) {
    const best = mostOf(rows, countMissing);
    for (const pair of best.pairs) missing[pair] = 0;
    chosen.push(best.shape);
  }
  return chosen;
}

/** The first of the items with the largest number. @param items at least one */
function mostOf<Item>(items: readonly Item[], numberOf: (item: Item) => number): Item {
  return items.reduce(
    ({ item, most }, candidate) => {
      const number = numberOf(candidate);
      return number > most ? { item: candidate, most: number } : { item, most };
    },
    { item: items[0] as Item, most: -1 },
  ).item;
}

/** All rows of indexes below `lengths`, the last index fastest. */
function product(lengths: readonly number[]): number[][] {
  return lengths.reduce<number[][]>(
    (rows, length) => rows.flatMap((row) => Array.from({ length }, (_, index) => [...row, index])),
    [[]],
  );
}

function shapeOf(vary: Shapes['vary'], row: readonly number[]): Shape {
  return Object.assign({}, ...row.map((index, dimension) => vary[dimension]?.[index])) as Shape;
}

/** How many alternatives the dimensions before each one have, and last, how many there are in all. */
function offsetsOf(vary: Shapes['vary']): number[] {
  return vary.reduce((offsets, { length }) => [...offsets, (offsets.at(-1) ?? 0) + length], [0]);
}

/** A number for each pair of alternatives in a row. A lone dimension pairs with itself. Called for every combination. */
function pairsOf(row: readonly number[], offsets: readonly number[]): Uint32Array {
  const all = offsets.at(-1) ?? 0;
  const codes = row.map((index, dimension) => index + (offsets[dimension] ?? 0));
  if (codes.length === 1) return Uint32Array.from(codes);
  const pairs = new Uint32Array((codes.length * (codes.length - 1)) / 2);
  let next = 0;
  codes.forEach((code, first) => {
    for (let other = first + 1; other < codes.length; other++)
      pairs[next++] = code * all + (codes[other] ?? 0);
  });
  return pairs;
}

function matches(shape: Shape, entry: Shape): boolean {
  return Object.entries(entry).every(([key, value]) => shape[key as keyof Shape] === value);
}
