import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaseResult } from '../model/result.ts';
import type { Case } from '../scenario/scenario.ts';
import type { Lab } from './run-case.ts';
import { runCase } from './run-case.ts';

const noHooks = { onLine: () => {}, onSignal: () => {}, onReading: () => {} };

/**
 * Boots a case that failed again, recorded, until it fails once more, in its directory's `recorded`. A boot that did not
 * fail leaves nothing. Null where none did, the machine cannot be recorded, or the run was stopped.
 *
 * @param boots how often it is booted at most
 */
export async function recordFailure(
  case_: Case,
  lab: Lab,
  place: { directory: string; relative: string },
  boots: number,
  signal: AbortSignal,
): Promise<CaseResult['recording']> {
  const directory = join(place.directory, 'recorded');
  const relative = join(place.relative, 'recorded');
  const inside = { directory, relative, record: true };
  for (let boot = 1; boot <= boots && !signal.aborted; boot += 1) {
    await rm(directory, { recursive: true, force: true });
    const { verdict, outcome, recording } = await runCase(case_, lab, inside, noHooks, signal);
    if (recording === null) break;
    if (verdict === 'fail') return { directory: relative, outcome, boots: boot };
  }
  await rm(directory, { recursive: true, force: true });
  return null;
}
