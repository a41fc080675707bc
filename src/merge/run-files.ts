import { constants, existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { cp, lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';
import { hostFileError, namedFileError } from '../file-error.ts';
import type { RecordedRun } from './read-run.ts';
import { recordIn } from './read-run.ts';

/** CI systems put what a job uploaded into a directory of its own, and runs lie below `runs`. */
const deepest = 4;

/**
 * The directories of runs that some directories are or hold, each once, in order. `latest`, which points at one of its
 * neighbours, is not followed (nor taken where it was made a copy).
 * @throws UsageError for a directory that cannot be read, or that holds none.
 */
export function findRuns(directories: readonly string[]): string[] {
  const found = directories.flatMap((directory) => {
    const runs = search(directory, deepest);
    if (runs.length > 0) return runs;
    throw new UsageError('no run found here', {
      place: directory,
      hint: 'Name a run directory (it contains events.jsonl) or a directory of runs.',
    });
  });
  return [...new Map(found.map((path) => [realpathSync(path), path])).values()];
}

function search(directory: string, depth: number): string[] {
  if (existsSync(recordIn(directory))) return [directory];
  if (depth === 0) return [];
  return subdirectories(directory).flatMap((path) => search(path, depth - 1));
}

function subdirectories(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name !== 'latest')
      .sort()
      .map((name) => join(directory, name))
      .filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);
  } catch (cause) {
    throw namedFileError(cause, { place: directory, doing: 'list this directory' });
  }
}

/**
 * Copies what runs kept of their cases (consoles, signals, results; of every attempt) into `directory`. Only directories
 * and plain files: a record that comes from another machine may not point anywhere.
 * A case that never ran has nothing to copy.
 * @throws UnavailableError when the disk takes no more.
 */
export async function copyCases(runs: readonly RecordedRun[], directory: string): Promise<void> {
  for (const { path, events } of runs) {
    const kept = events.flatMap((event) => (event.type === 'case-started' ? event.directory : []));
    for (const relative of kept) {
      const from = join(path, relative);
      const there = await stat(from).catch(() => null);
      if (there === null) continue;
      await cp(from, join(directory, relative), {
        recursive: true,
        mode: constants.COPYFILE_FICLONE,
        filter: isPlain,
      }).catch((cause: unknown) => {
        throw hostFileError(cause, { place: from, doing: 'copy this case' });
      });
    }
  }
}

async function isPlain(path: string): Promise<boolean> {
  const found = await lstat(path);
  return found.isFile() || found.isDirectory();
}
