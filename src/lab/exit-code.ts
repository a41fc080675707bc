import type { ExitCode } from '../errors.ts';
import { exitCodes } from '../errors.ts';
import type { Verdict } from '../model/vocabulary.ts';

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
