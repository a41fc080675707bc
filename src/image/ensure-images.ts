import { checkFiles } from './check-file.ts';
import { ensureEntries, type BuildOptions } from './ensure-entries.ts';
import type { Manifest } from './entry.ts';
import type { ImageReference } from '../scenario/scenario.ts';
import type { ImageRequest, ImageSet, PackageVersion } from './image-set.ts';
import { planImages } from './plan.ts';

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
