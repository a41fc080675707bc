/** The file with the pairs that were booted: read, merged, written. */
import { dirname, join, relative, resolve } from 'node:path';
import { readJson, writeJson } from '../host/json-file.ts';
import { UsageError } from '../errors.ts';
import type { PairCell, Pairs, PairTable } from '../model/pairs.ts';
import { pairsSchema } from '../model/pairs.ts';

/** The file in the directory of the tables. */
export const tablesName = 'pairs.json';

/** Reads a file of pairs; null if there is none. @throws UsageError for a file that is not one */
function readPairs(file: string, hint: string): Promise<Pairs | null> {
  return readJson(file, pairsSchema, { what: 'a file of kexec-lab pairs', hint });
}

const ofOther = 'Name a pairs.json that kexec-lab pairs wrote, or leave --known out.';
const ofOwn = 'Remove the file to boot all pairs again, or choose another directory with --out.';

/**
 * What earlier commands found: the tables of a directory, and other files of pairs. A file that is named later counts more.
 * @throws UsageError for a file that does not exist or is not one of pairs
 */
export async function readEarlier(directory: string, others: readonly string[]): Promise<Pairs> {
  let found = tablesOf([]);
  const own = join(directory, tablesName);
  for (const file of [...others, own]) {
    const pairs = await readPairs(file, file === own ? ofOwn : ofOther);
    if (pairs === null && file !== own)
      throw new UsageError('this file does not exist', { place: file, hint: ofOther });
    if (pairs !== null)
      found = mergePairs(found, seenFrom(resolve(directory), pairs, dirname(resolve(file))));
  }
  return found;
}

/** The results of another file of pairs. The paths of their records become relative to `directory`. */
function seenFrom(directory: string, pairs: Pairs, place: string): Pairs {
  const moved = (cell: PairCell) => ({
    ...cell,
    run: relative(directory, resolve(place, cell.run)),
  });
  const tables = pairs.tables.map((table) => ({ ...table, cells: table.cells.map(moved) }));
  return { ...pairs, tables };
}

/** A file with these tables, each once. */
export function tablesOf(tables: readonly PairTable[]): Pairs {
  return { schema: 'kexec-lab/pairs@1', tables: [...new Set(tables)] };
}

/** Writes a file of pairs. A reader finds the old content or the new one, never a part of it. */
export function writePairs(file: string, pairs: Pairs): void {
  writeJson(file, pairs, 1);
}

/** The known results of all tables, by key. */
export function knownCells({ tables }: Pairs): Map<string, PairCell> {
  return new Map(tables.flatMap(({ cells }) => cells.map((cell) => [cell.key, cell])));
}

/** Whether two tables are about the same machine and kexec-tools, so that they can be one. */
function isSame(a: PairTable, b: PairTable): boolean {
  return (['arch', 'machine', 'kexecTools', 'cure'] as const).every((key) => a[key] === b[key]);
}

/** All pairs of two files. Where both have a pair, the second file's counts. */
export function mergePairs(old: Pairs, recent: Pairs): Pairs {
  const others = recent.tables.filter((table) => !old.tables.some((each) => isSame(each, table)));
  const merged = old.tables.map((table) => {
    const other = recent.tables.find((each) => isSame(each, table));
    return other === undefined ? table : mergeTables(table, other);
  });
  return tablesOf([...merged, ...others]);
}

function mergeTables(old: PairTable, recent: PairTable): PairTable {
  const pair = ({ from, to }: PairCell) => `${from} ${to}`;
  const byWord = <Item extends { word: string }>(items: Item[]) => [
    ...new Map(items.map((item) => [item.word, item])).values(),
  ];
  const cells = new Map([...old.cells, ...recent.cells].map((cell) => [pair(cell), cell]));
  return {
    ...recent,
    from: byWord([...old.from, ...recent.from]),
    to: byWord([...old.to, ...recent.to]),
    cells: [...cells.values()],
  };
}
