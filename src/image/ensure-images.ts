import path from 'node:path';
import { buildEntry } from './build-entry.ts';
import { cacheDirectory } from './cache-directory.ts';
import { debianMirror } from './debian-mirror.ts';
import { readEntry, type Manifest } from './entry.ts';
import type { Input } from './build-context.ts';
import type { ImageProgress, ImageRequest, ImageSet, PackageVersion } from './image-set.ts';
import { planImages, type PlannedEntry } from './plan.ts';
import { inputsOf } from './recipe.ts';

export type ImageOptions = {
  cacheDir?: string;
  mirror?: string;
  onProgress?: (progress: ImageProgress) => void;
  signal?: AbortSignal;
};

/**
 * Has everything a case boots ready, building what is not in the cache yet. Throws ScenarioError for a recipe that
 * does not exist or a file that cannot be used, UnavailableError when something cannot be downloaded or built.
 */
export async function ensureImages(
  request: ImageRequest,
  options: ImageOptions = {},
): Promise<ImageSet> {
  const plan = planImages(request, options);
  const manifests = new Map<string, Input>();
  for (const planned of plan.entries)
    manifests.set(planned.name, {
      directory: planned.directory,
      manifest:
        (await readEntry(planned.directory)) ?? (await buildPlanned(planned, manifests, options)),
    });

  const used = [request.kernel, request.initramfs, request.disk].map((reference) =>
    typeof reference === 'string' ? (manifests.get(reference)?.manifest ?? null) : null,
  );
  return {
    kernel: plan.kernel,
    initramfs: plan.initramfs,
    disk: plan.disk,
    releases: { first: used[0]?.release ?? null, second: used[2]?.release ?? null },
    packages: packagesOf(used),
    keys: Object.fromEntries(plan.entries.map(({ name, key }) => [name, key])),
  };
}

async function buildPlanned(
  planned: PlannedEntry,
  finished: Map<string, Input>,
  { cacheDir, mirror, signal, onProgress }: ImageOptions,
): Promise<Manifest> {
  const cache = cacheDirectory(cacheDir);
  const onStep = (step: string, done?: number, total?: number) => {
    const progress: ImageProgress = { recipe: planned.name, arch: planned.arch, step };
    onProgress?.(
      done === undefined || total === undefined ? progress : { ...progress, done, total },
    );
  };
  const inputs = inputsOf(planned.recipe).flatMap((name) => {
    const input = finished.get(name);
    return input === undefined ? [] : ([[name, input]] as const);
  });
  return buildEntry(planned, {
    temporary: path.join(cache, 'tmp'),
    inputs: new Map(inputs),
    onStep,
    signal,
    packageOptions: {
      cacheDirectory: cache,
      mirror: () => debianMirror(mirror, signal),
      onStep,
      signal,
    },
  });
}

function packagesOf(manifests: (Manifest | null)[]): PackageVersion[] {
  const all = manifests.flatMap((manifest) => manifest?.packages ?? []);
  return [...new Map(all.map((found) => [found.sha256, found])).values()].map(
    ({ name, version, architecture, suite }) => ({ name, version, architecture, suite }),
  );
}
