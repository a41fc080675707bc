import type { PackageVersion } from '../model/result.ts';
import type { ImageReference } from '../scenario/scenario.ts';
import type { BuildOptions } from './build/build-context.ts';
import { checkFiles } from './check-files.ts';
import type { ImageRequest, PlannedEntry } from './recipes/plan.ts';
import { planImages } from './recipes/plan.ts';
import type { Manifest } from './store/entry.ts';
import { findEntries, type Manifests } from './store/entry.ts';
/** Files ready to boot, with all that a report says about them. Paths are absolute and read-only by contract. */
export type ImageSet = {
  kernel: string | null;
  initramfs: string | null;
  disk: string | null;
  /** `uname -r` of the first kernel and of the kernel on the disk; null where a file of the user's does not tell. */
  releases: { first: string | null; second: string | null };
  packages: PackageVersion[];
  /** Content key per recipe, for the report's environment. */
  keys: Record<string, string>;
};

/**
 * Has everything a case boots ready, building what is not in the cache yet. Throws ScenarioError for a recipe that
 * does not exist or a file that cannot be used, UnavailableError when something cannot be downloaded or built, the
 * signal's reason when it is aborted.
 */
export async function ensureImages(
  request: ImageRequest,
  options: BuildOptions = {},
): Promise<ImageSet> {
  const { kernel, initramfs, disk, entries } = planImages(request, options);
  await checkFiles(request);
  const manifests = await ensureEntries(entries, options);
  const manifestOf = (reference: ImageReference | null) =>
    typeof reference === 'string' ? manifests.get(reference) : undefined;
  return {
    kernel,
    initramfs,
    disk,
    releases: {
      first: manifestOf(request.kernel)?.release ?? null,
      second: manifestOf(request.disk)?.release ?? null,
    },
    packages: packageVersions([...manifests.values()]),
    keys: Object.fromEntries(entries.map(({ name, key }) => [name, key])),
  };
}

/** Each package once, however many images it went into. */
function packageVersions(manifests: Manifest[]): PackageVersion[] {
  const all = manifests.flatMap(({ packages }) => packages);
  const distinct = new Map(all.map(({ sha256, ...version }) => [sha256, version]));
  return [...distinct.values()];
}

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
  const { buildEntries } = await import('./build/build-entries.ts');
  return buildEntries(entries, options, { refresh });
}
