import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadRecord } from '../compare/record.ts';
import { NothingSelectedError } from '../errors.ts';
import type { CaseResult } from '../model/result.ts';
import { splitPlace } from '../report/result-text.ts';
import { ownScenarios } from '../scenario/load.ts';
import type { Case } from '../scenario/scenario.ts';

/** What did not pass in a run. */
export type LastFailed = {
  /** The words that select its scenarios: names of built-in ones, files of the others. */
  words: string[];
  /** Whether a case is one of those that did not pass; a repeat counts for all repeats of its case. */
  includes(case_: Case): boolean;
};

/**
 * The cases that did not pass in the newest finished run: failed, in error, not run or interrupted.
 * @param out the directory that holds the runs, as in `--out`
 * @throws NothingSelectedError where there is no finished run, or everything passed; UsageError for a damaged report
 */
export async function lastFailed(out: string): Promise<LastFailed> {
  const newest = newestFinished(out);
  if (newest === undefined) {
    throw new NothingSelectedError('no finished run found', {
      place: out,
      hint: 'Run without --last-failed first, or name the directory of the runs with --out.',
    });
  }
  const { run } = await loadRecord(newest);
  const failed = run?.report.results.filter(({ verdict }) => verdict !== 'pass') ?? [];
  if (failed.length === 0) {
    throw new NothingSelectedError('every case of the newest finished run passed', {
      place: newest,
      hint: 'Leave out --last-failed to run cases again.',
    });
  }
  const keys = new Set(failed.map(({ arch, scenario }) => `${arch}/${scenario}`));
  return {
    words: [...new Set(failed.map(wordOf))],
    includes: ({ arch, scenario }) => keys.has(`${arch}/${scenario.name}`),
  };
}

/** The names of runs begin with their times, so the last in order is the newest. `latest` is a link to one of them. */
function newestFinished(out: string): string | undefined {
  const names = existsSync(out) ? readdirSync(out) : [];
  return names
    .filter((name) => name !== 'latest')
    .sort()
    .reverse()
    .map((name) => join(out, name))
    .find((directory) => existsSync(join(directory, 'report.json')));
}

function wordOf({ scenario, place }: CaseResult): string {
  const builtIn = existsSync(join(ownScenarios, `${scenario}.yaml`));
  const { file } = splitPlace(place);
  return builtIn || !file.includes('/') ? scenario : file;
}
