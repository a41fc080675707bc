/** What the failures of a table of pairs have in common. */
import type { PairCell, PairTable } from '../model/pairs.ts';

/** Failures with the same cause. */
export type PairFinding = {
  /** The first of them, which stands for all. */
  cell: PairCell;
  cells: PairCell[];
  /** The pairs in words, such as `6.1.0-50-arm64 → 6.12.95, 7.2`; one entry per first or per second kernel. */
  pairs: string[];
};

/** How many pairs of a table came up, failed, and have no result. */
export type PairCounts = { passed: number; failed: number; missing: number };

export function countPairs({ from, to, cells }: PairTable): PairCounts {
  const passed = cells.filter(({ verdict }) => verdict === 'pass').length;
  const failed = cells.length - passed;
  return { passed, failed, missing: from.length * to.length - cells.length };
}

/** The findings of a table, the most frequent first. */
export function pairFindings(table: PairTable): PairFinding[] {
  const groups = new Map<string, PairCell[]>();
  for (const cell of table.cells) {
    if (cell.verdict === 'pass') continue;
    groups.set(cell.finding, [...(groups.get(cell.finding) ?? []), cell]);
  }
  return [...groups.values()]
    .flatMap((cells) => {
      const [cell] = cells;
      return cell === undefined ? [] : [{ cell, cells, pairs: pairsInWords(table, cells) }];
    })
    .sort((a, b) => b.cells.length - a.cells.length);
}

/** Pairs grouped by their first or their second kernel, whichever needs fewer lines. */
function pairsInWords({ from, to }: PairTable, cells: readonly PairCell[]): string[] {
  const all = { from: from.length, to: to.length };
  const labels = new Map([...from, ...to].map(({ word, label }) => [word, label]));
  const named = (word: string) => labels.get(word) ?? word;
  const grouped = (by: 'from' | 'to', other: 'from' | 'to') =>
    [...new Set(cells.map((cell) => cell[by]))].map((word) => {
      const others = cells.filter((cell) => cell[by] === word).map((cell) => named(cell[other]));
      const list = others.length === all[other] && others.length > 1 ? 'all' : others.join(', ');
      return by === 'from' ? `${named(word)} → ${list}` : `${list} → ${named(word)}`;
    });
  const [rows, columns] = [grouped('from', 'to'), grouped('to', 'from')];
  return rows.length <= columns.length ? rows : columns;
}
