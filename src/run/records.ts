import { randomBytes } from 'node:crypto';
import { lstat, rename, rm, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ExitCode } from '../errors.ts';
import { exitCodes } from '../errors.ts';
import { fileReason, hostFileError } from '../file-error.ts';
import { makeDirectory } from '../host/directories.ts';
import type { CaseResult } from '../model/result.ts';
import type { Summary } from '../model/run.ts';
import type { Verdict } from '../model/vocabulary.ts';
import type { Case } from '../scenario/scenario.ts';

/** The directory with all records of a run: `<out>/<id>/`. */
type RunDirectory = {
  id: string;
  path: string;
  /** Why `<out>/latest` does not point here; null where it does. */
  notLatest: string | null;
};

/**
 * Creates `<out>/<id>` and points `<out>/latest` at it. The id sorts by time and cannot collide.
 * @throws UnavailableError when the directory cannot be created
 */
export async function createRunDirectory(out: string, now: Date): Promise<RunDirectory> {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const id = `${stamp}-${randomBytes(2).toString('hex')}`;
  const path = resolve(out, id);
  try {
    await makeDirectory(path);
  } catch (error) {
    const hint = 'Choose another directory with --out.';
    throw hostFileError(error, { place: out, doing: 'make the run directory', hint });
  }
  return { id, path, notLatest: await pointLatest(out, id) };
}

/**
 * Points `<out>/latest` at a run. The link is replaced atomically, so it always leads to a run, however many start at
 * once. It is a convenience: a failure does not stop the run.
 * @returns why the link could not be replaced; null if it was
 */
async function pointLatest(out: string, id: string): Promise<string | null> {
  const latest = join(out, 'latest');
  const aside = join(out, `.latest-${id}`);
  try {
    const there = await lstat(latest).catch(() => null);
    if (there !== null && !there.isSymbolicLink())
      return `${latest} is not a symbolic link and was left as it is`;
    await symlink(id, aside);
    await rename(aside, latest);
    return null;
  } catch (error) {
    await rm(aside, { force: true }).catch(() => undefined);
    return `${latest} could not be replaced: ${fileReason(error, latest)}`;
  }
}

/**
 * A case's directory, relative to the run's: `<arch>/<scenario>`, with the repeat and the retry where there are
 * several.
 */
export function caseDirectory({ arch, scenario, repeat }: Case, attempt: number): string {
  // Names of scenarios contain no dot, so this cannot be the directory of another scenario.
  const repeated = repeat > 1 ? `.repeat${repeat}` : '';
  const retried = attempt > 1 ? `.retry${attempt - 1}` : '';
  return join(arch, `${scenario.name}${repeated}${retried}`);
}

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
 * `interrupted` comes first, because the other counts of a stopped run are incomplete. Then come failures of the thing
 * under test, errors of scenarios, and problems of the lab. A run without cases is not a success.
 */
export function exitCodeOf(counts: Record<Verdict, number>): ExitCode {
  if (counts.interrupted > 0) return exitCodes.interrupted;
  if (counts.fail > 0) return exitCodes.fail;
  if (counts.error > 0) return exitCodes.usage;
  if (counts.unavailable > 0) return exitCodes.unavailable;
  return counts.pass > 0 ? exitCodes.ok : exitCodes.nothingSelected;
}
