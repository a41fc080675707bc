import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { UnavailableError } from '../../errors.ts';
import { fileReason, isFileError } from '../../file-error.ts';

/** What the file system refuses the cache (no space, no permission, no directory) is the lab's trouble. */
export function nameDiskTrouble(error: unknown, cache: string): unknown {
  if (!isFileError(error)) return error;
  return new UnavailableError(`cannot use the image cache: ${fileReason(error, cache)}`, {
    place: cache,
    hint: 'Check its space and permissions, or choose another place with KEXEC_LAB_CACHE.',
    cause: error,
  });
}

/**
 * Removes what builders left behind that were killed. To be called under the build lock: then whatever there is
 * belongs to nobody.
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
