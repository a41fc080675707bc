import { randomBytes } from 'node:crypto';
import { rm, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UnavailableError } from '../errors.ts';
import { fileTrouble } from '../host/file-trouble.ts';
import type { Case } from '../scenario/scenario.ts';
import { makeDirectory } from '../host/make-directory.ts';

/** Where a run keeps everything: `<out>/<id>/`. */
export type RunDirectory = { id: string; path: string };

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
    await rm(join(out, 'latest'), { force: true });
    await symlink(id, join(out, 'latest'));
  } catch (error) {
    throw new UnavailableError(`cannot make the run directory: ${fileTrouble(error)}`, {
      place: path,
      hint: 'Choose another place with --out.',
      cause: error,
    });
  }
  return { id, path };
}

/** A case's directory, relative to the run's: `<arch>/<scenario>`, with the repeat and the retry where there are several. */
export function caseDirectory({ arch, scenario, repeat }: Case, attempt: number): string {
  // A scenario's name has no dot, so these can never be another scenario's directory.
  const repeated = repeat > 1 ? `.repeat${repeat}` : '';
  const retried = attempt > 1 ? `.retry${attempt - 1}` : '';
  return join(arch, `${scenario.name}${repeated}${retried}`);
}
