import { UnavailableError } from '../errors.ts';
import { fileReason, isFileError } from '../file-error.ts';

/** What the file system refuses the cache (no space, no permission, no directory) is the lab's trouble. */
export function nameDiskTrouble(error: unknown, cache: string): unknown {
  if (!isFileError(error)) return error;
  return new UnavailableError(`cannot use the image cache: ${fileReason(error, cache)}`, {
    place: cache,
    hint: 'Check its space and permissions, or choose another place with KEXEC_LAB_CACHE.',
    cause: error,
  });
}
