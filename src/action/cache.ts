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

/** The lab's images: all that is worth keeping for the next job. What is in it is whole, whatever ended the run. */
export const imagesPath = (): string => join(cacheDirectory(), 'images');

/** Where the images of kernels that were under test once take more than this, only the lab's own are kept. Bytes. */
const largestCache = 4e9;

/**
 * The beginning of the keys that GitHub keeps the images under. It changes when a request boots other images.
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
 * The key to save the images under after a run, null where there is nothing new. What is in the cache is a part of it:
 * GitHub never changes what is under a key, and a run that failed may have built only some of the images.
 */
export async function saveKeyOf(cacheKey: string, restoredKey: string): Promise<string | null> {
  const images = imagesPath();
  if ((await diskUsage(images)) > largestCache) await pruneCache();
  const names = await readdir(images).catch(() => []);
  const key = `${cacheKey}-${shortDigest(names.sort().join('\n'))}`;
  return names.length === 0 || key === restoredKey ? null : key;
}
