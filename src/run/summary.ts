import type { ExitCode } from '../errors.ts';
import { exitCodes } from '../errors.ts';
import type { CaseResult } from '../model/result.ts';
import type { Summary } from '../model/run.ts';
import type { Verdict } from '../model/vocabulary.ts';

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

/**
 * The exit code of a run, from how many cases ended with each verdict.
 *
 * A stopped run comes first, because its other numbers are incomplete. Then what was learnt about the thing under test,
 * then what must be mended in the scenario, then the lab's own trouble. No case at all is never a success.
 */
export function exitCodeOf(counts: Record<Verdict, number>): ExitCode {
  if (counts.interrupted > 0) return exitCodes.interrupted;
  if (counts.fail > 0) return exitCodes.fail;
  if (counts.error > 0) return exitCodes.usage;
  if (counts.unavailable > 0) return exitCodes.unavailable;
  return counts.pass > 0 ? exitCodes.ok : exitCodes.nothingSelected;
}
