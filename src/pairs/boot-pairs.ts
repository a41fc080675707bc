/** Boots pairs, and writes the tables whenever one has ended. */
import { join, relative } from 'node:path';
import type { PairCell } from '../model/pairs.ts';
import type { CaseResult } from '../model/result.ts';
import type { LabEvent } from '../model/run.ts';
import type { RunOptions } from '../run/run-case.ts';
import { runCases } from '../run/run.ts';
import type { PairCase } from './cells.ts';
import { cellOf } from './cells.ts';
import type { Keys } from './tables.ts';

export type BootPairsOptions = Omit<RunOptions, 'tail' | 'candidate'> & {
  keyOf: Keys;
  /** Called when a table has a new cell. */
  onCell: (cell: PairCell, pair: PairCase) => void;
};

/**
 * Boots pairs and adds their cells to their tables. A pair without a result, because the lab could not boot it or the
 * outcome is in doubt, adds none.
 * @param options.out the directory of the tables; the records are in `runs` there
 * @throws what runCases throws
 */
export async function bootPairs(
  pairs: readonly PairCase[],
  { keyOf, onCell, ...options }: BootPairsOptions,
  emit: (event: LabEvent) => void,
): Promise<void> {
  const byId = new Map(pairs.map((pair) => [pair.case.id, pair]));
  let run = '';
  // One after another, so that the cells are in the order in which the boots ended.
  let recorded = Promise.resolve();
  const record = async (pair: PairCase, result: CaseResult): Promise<void> => {
    // Known only now: the images were built for this boot.
    const key = await keyOf(pair);
    const cell = key === null ? null : cellOf(pair, result, { key, run });
    if (cell === null) return;
    pair.table.cells.push(cell);
    onCell(cell, pair);
  };
  try {
    const cases = pairs.map((pair) => pair.case);
    const out = join(options.out, 'runs');
    await runCases(cases, { ...options, out, tail: false }, (event) => {
      if (event.type === 'run-started') run = relative(options.out, event.directory);
      if (event.type === 'case-finished') {
        const pair = byId.get(event.case.id);
        if (pair !== undefined) recorded = recorded.then(() => record(pair, event.result));
      }
      emit(event);
    });
  } finally {
    await recorded;
  }
}
