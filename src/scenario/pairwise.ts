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
  const lengths = vary.map(({ length }) => length);
  const rows = product(lengths)
    .map((row) => ({ shape: shapeOf(vary, row), pairs: pairsOf(row, lengths) }))
    .filter(({ shape }) => !exclude.some((entry) => matches(shape, entry)) && isPossible(shape));
  const found = Array.from({ length: searches }, (_, index) => {
    const start = Math.floor((index * rows.length) / searches);
    return search([...rows.slice(start), ...rows.slice(0, start)], sum(lengths));
  });
  return found.reduce((least, other) => (other.length < least.length ? other : least));
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

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
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

/** A number for each pair of alternatives in a row. A lone dimension pairs with itself. */
function pairsOf(row: readonly number[], lengths: readonly number[]): Uint32Array {
  const all = sum(lengths);
  const codes = row.map((index, dimension) => sum(lengths.slice(0, dimension)) + index);
  const pairs = codes.flatMap((code, first) =>
    codes.slice(first + 1).map((other) => code * all + other),
  );
  return Uint32Array.from(codes.length === 1 ? codes : pairs);
}

function matches(shape: Shape, entry: Shape): boolean {
  return Object.entries(entry).every(([key, value]) => shape[key as keyof Shape] === value);
}
