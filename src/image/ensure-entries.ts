import { findEntries, type Manifests } from './find-entries.ts';
import type { ImageProgress } from './image-set.ts';
import type { PlannedEntry } from './plan.ts';

export type BuildOptions = {
  /** Default: KEXEC_LAB_CACHE, else the XDG cache directory. */
  cacheDir?: string;
  /** Debian mirror to download from. Default: KEXEC_LAB_MIRROR, else the one the host uses. */
  mirror?: string;
  onProgress?: (progress: ImageProgress) => void;
  /** Called when an entry has been built, or (a refresh) has been found to be what would be built now. */
  onEntry?: (entry: PlannedEntry, became: 'built' | 'unchanged') => void;
  signal?: AbortSignal;
};

/**
 * Builds the entries that are not there or not whole; touches no network if nothing is missing. With `refresh` those too
 * for which the archive has other packages by now. Entries are of one architecture, planned inputs first. Throws
 * UnavailableError when something cannot be downloaded or built, the signal's reason when it is aborted.
 */
export async function ensureEntries(
  entries: readonly PlannedEntry[],
  options: BuildOptions = {},
  { refresh = false } = {},
): Promise<Manifests> {
  if (!refresh) {
    const found = await findEntries(entries);
    if (found.size === entries.length) return found;
  }
  // All that builds images is loaded where one is missing: a run that finds its images starts sooner.
  const { buildEntries } = await import('./build-entries.ts');
  return buildEntries(entries, options, { refresh });
}
