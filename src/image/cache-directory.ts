import { homedir } from 'node:os';
import path from 'node:path';

/** Where images are kept: KEXEC_LAB_CACHE, else kexec-lab's place in the XDG cache directory. */
export function cacheDirectory(asked?: string): string {
  const { KEXEC_LAB_CACHE, XDG_CACHE_HOME } = process.env;
  const base =
    XDG_CACHE_HOME !== undefined && path.isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : undefined;
  return path.resolve(
    asked ?? KEXEC_LAB_CACHE ?? path.join(base ?? path.join(homedir(), '.cache'), 'kexec-lab'),
  );
}
