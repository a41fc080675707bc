import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { arches } from '../arch.ts';
import { findScenarios } from '../cli/find-scenarios.ts';
import { cacheDirectory } from '../host/directories.ts';
import { diskUsage, shortDigest } from '../host/files.ts';
import { imagesKey } from '../image/recipes/plan.ts';
import { pruneCache } from '../image/store/upkeep.ts';
import { expandCases } from '../scenario/select.ts';
import type { Request } from './inputs.ts';
import { scenariosOf } from './run.ts';

/** The directory of images, which is kept for the next job. It contains only complete images, however the run ended. */
export const imagesPath = (): string => join(cacheDirectory(), 'images');

/** If images of earlier candidates take more than this, only the lab's own images are kept. Bytes. */
const largestCache = 4e9;

/**
 * The beginning of the cache keys for the images. It changes when a request boots other images.
 * @throws ScenarioError, UsageError and NothingSelectedError as `run` does
 */
export function cacheKeyOf(request: Request): string {
  const { options } = request;
  const words = scenariosOf(request);
  const only = arches.filter((arch) => options.arch?.includes(arch));
  const cases =
    words.length === 0
      ? []
      : expandCases(findScenarios(words, options.scenarios), { only, repeat: 1 });
  const { kernel, initrd, baseline, shard } = options;
  const brought = [kernel, initrd, options['kexec-tools'], options['first-kernel'], baseline];
  const parts = [request.command, imagesKey(cases), ...brought, shard];
  return `kexec-lab-images-${shortDigest(JSON.stringify(parts))}`;
}

/**
 * The cache key for saving the images after a run; null if there are no new ones. It depends on the images in the cache: GitHub
 * never changes the content of a key, and a failed run may have built only some of the images.
 */
export async function saveKeyOf(cacheKey: string, restoredKey: string): Promise<string | null> {
  const images = imagesPath();
  if ((await diskUsage(images)) > largestCache) await pruneCache();
  const names = await readdir(images).catch(() => []);
  const key = `${cacheKey}-${shortDigest(names.sort().join('\n'))}`;
  return names.length === 0 || key === restoredKey ? null : key;
}
