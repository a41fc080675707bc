import { constants } from 'node:fs';
import { cp, lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UnavailableError } from '../errors.ts';
import { fileTrouble } from '../host/file-trouble.ts';
import type { RecordedRun } from './read-run.ts';

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
        throw new UnavailableError(`cannot be copied: ${fileTrouble(cause)}`, {
          place: from,
          hint: 'Make room, or choose another place with --out.',
          cause,
        });
      });
    }
  }
}

async function isPlain(path: string): Promise<boolean> {
  const found = await lstat(path);
  return found.isFile() || found.isDirectory();
}
