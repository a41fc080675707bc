import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';
import { fileTrouble } from '../host/file-trouble.ts';
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
    throw new UsageError('there is no run here', {
      place: directory,
      hint: 'Name the directory of a run (with events.jsonl in it), or one that holds such directories.',
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
    throw new UsageError(`cannot be read: ${fileTrouble(cause)}`, {
      place: directory,
      cause,
    });
  }
}
