import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { UnavailableError } from '../../errors.ts';
import { fileReason, isFileError } from '../../file-error.ts';

/** Turns file system errors in the cache (no space, no permission, not a directory) into UnavailableError. */
export function nameDiskTrouble(error: unknown, cache: string): unknown {
  if (!isFileError(error)) return error;
  return new UnavailableError(`cannot use the image cache: ${fileReason(error, cache)}`, {
    place: cache,
    hint: 'Check its free space and permissions, or choose another directory with KEXEC_LAB_CACHE.',
    cause: error,
  });
}

/**
 * Removes the temporary files of builds that were killed. Call it with the build lock held, so that no running build owns
 * them.
 */
export async function removeStaleWork(cache: string): Promise<void> {
  const stale = [
    ...(await list(path.join(cache, 'tmp'))),
    ...(await list(path.join(cache, 'debs'))).filter((file) =>
      path.basename(file).startsWith('partial-'),
    ),
  ];
  for (const file of stale) await rm(file, { recursive: true, force: true });
}

async function list(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.map((name) => path.join(directory, name));
}
