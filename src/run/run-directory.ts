import { randomBytes } from 'node:crypto';
import { lstat, rename, rm, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileReason, hostFileError } from '../file-error.ts';
import { makeDirectory } from '../host/directories.ts';
import type { Case } from '../scenario/scenario.ts';

/** Where a run keeps everything: `<out>/<id>/`. */
export type RunDirectory = {
  id: string;
  path: string;
  /** Why `<out>/latest` does not lead here; null where it does. */
  notLatest: string | null;
};

/**
 * Makes `<out>/<id>` and points `<out>/latest` at it. The id sorts by time and cannot collide.
 * @throws UnavailableError when the directory cannot be made.
 */
export async function createRunDirectory(out: string, now: Date): Promise<RunDirectory> {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const id = `${stamp}-${randomBytes(2).toString('hex')}`;
  const path = resolve(out, id);
  try {
    await makeDirectory(path);
  } catch (error) {
    const hint = 'Choose another place with --out.';
    throw hostFileError(error, { place: out, doing: 'make the run directory', hint });
  }
  return { id, path, notLatest: await pointLatest(out, id) };
}

/**
 * Points `<out>/latest` at a run, in one step: whoever looks, however many runs begin at once, finds a run behind it. It
 * is a convenience, which stops no run. Returns why it could not be done, else null.
 */
async function pointLatest(out: string, id: string): Promise<string | null> {
  const latest = join(out, 'latest');
  const aside = join(out, `.latest-${id}`);
  try {
    const there = await lstat(latest).catch(() => null);
    if (there !== null && !there.isSymbolicLink())
      return `${latest} is not a symbolic link, and stays as it is`;
    await symlink(id, aside);
    await rename(aside, latest);
    return null;
  } catch (error) {
    await rm(aside, { force: true }).catch(() => undefined);
    return `${latest} could not be replaced: ${fileReason(error, latest)}`;
  }
}

/** A case's directory, relative to the run's: `<arch>/<scenario>`, with the repeat and the retry where there are several. */
export function caseDirectory({ arch, scenario, repeat }: Case, attempt: number): string {
  // A scenario's name has no dot, so these can never be another scenario's directory.
  const repeated = repeat > 1 ? `.repeat${repeat}` : '';
  const retried = attempt > 1 ? `.retry${attempt - 1}` : '';
  return join(arch, `${scenario.name}${repeated}${retried}`);
}
