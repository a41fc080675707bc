import { homedir } from 'node:os';
import path from 'node:path';

/** Where images are kept: KEXEC_LAB_CACHE, else kexec-lab's place in the XDG cache directory. What is empty is not set. */
export function cacheDirectory(asked?: string): string {
  const { KEXEC_LAB_CACHE, XDG_CACHE_HOME } = process.env;
  const base =
    XDG_CACHE_HOME !== undefined && path.isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : undefined;
  const usual = path.join(base ?? path.join(homedir(), '.cache'), 'kexec-lab');
  const chosen = KEXEC_LAB_CACHE === '' ? undefined : KEXEC_LAB_CACHE;
  return path.resolve(asked ?? chosen ?? usual);
}
