import type { CaseResult } from '../model/result.ts';
import type { Summary } from '../model/run.ts';
/** Counts a run's results. `wallSeconds` is the whole run's, not the sum over its cases. */
export function summarise(results: CaseResult[], wallSeconds: number): Summary {
  const summary: Summary = {
    total: results.length,
    pass: 0,
    fail: 0,
    error: 0,
    unavailable: 0,
    interrupted: 0,
    flaky: results.filter((result) => result.flaky).length,
    wallSeconds,
  };
  for (const result of results) summary[result.verdict] += 1;
  return summary;
}
