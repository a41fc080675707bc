import { UnavailableError } from '../errors.ts';
import { fileTrouble } from '../host/file-trouble.ts';

/** What the file system refuses the cache (no space, no permission, no directory) is the lab's trouble. */
export function nameDiskTrouble(error: unknown, cache: string): unknown {
  if (!(error instanceof Error && 'syscall' in error)) return error;
  return new UnavailableError(`the image cache cannot be used: ${fileTrouble(error)}`, {
    place: cache,
    hint: 'Make room or permit it, or choose another place with KEXEC_LAB_CACHE.',
    cause: error,
  });
}
