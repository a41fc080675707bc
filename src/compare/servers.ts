import type { ComparedServer } from '../model/comparison.ts';
import type { CaseResult } from '../model/result.ts';
import { sideKey } from './side.ts';

/** The captured servers of a run, each once for all repeats. */
export function serversOf(results: readonly CaseResult[]): ComparedServer[] {
  const servers = new Map(
    results.flatMap((result) =>
      result.server === undefined ? [] : [[sideKey(result), result.server] as const],
    ),
  );
  return [...servers].map(([key, { likeness }]) => ({ key, likeness }));
}
