import { homedir } from 'node:os';
import path from 'node:path';

/** The cache directory: KEXEC_LAB_CACHE, otherwise kexec-lab's in the XDG cache directory. Empty variables count as unset. */
export function cacheDirectory(asked?: string): string {
  const { KEXEC_LAB_CACHE, XDG_CACHE_HOME } = process.env;
  const base =
    XDG_CACHE_HOME !== undefined && path.isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : undefined;
  const usual = path.join(base ?? path.join(homedir(), '.cache'), 'kexec-lab');
  const chosen = KEXEC_LAB_CACHE === '' ? undefined : KEXEC_LAB_CACHE;
  return path.resolve(asked ?? chosen ?? usual);
}
