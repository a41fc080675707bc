import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { arches } from '../../arch.ts';
import { cacheDirectory } from '../../host/cache-directory.ts';
import { diskUsage } from '../../host/disk-usage.ts';
import { ownRecipes } from '../recipes/catalog.ts';
import { imagesDirectory, planEntries } from '../recipes/plan.ts';
import { withBuildLock } from './build-lock.ts';
import { removeStaleWork } from './cache.ts';
import { keptDirectory } from './kept-files.ts';

type PruneOptions = {
  cacheDir?: string;
  signal?: AbortSignal;
  onWait?: () => void;
  dryRun?: boolean;
};

/**
 * Removes from the cache the images that no recipe of this version needs, the downloads and candidate files, which only
 * builds need, and the checkpoints, which the next run creates again.
 * Returns the removed images and the bytes freed in total. With `dryRun`, returns what would be removed, and removes nothing.
 * Throws UnavailableError if the cache cannot be locked.
 */
export async function pruneCache({
  cacheDir,
  signal,
  onWait = () => undefined,
  dryRun = false,
}: PruneOptions = {}): Promise<{ removed: string[]; bytes: number }> {
  const cache = cacheDirectory(cacheDir);
  const catalog = ownRecipes;
  const planned = arches.flatMap((arch) => planEntries(catalog.keys(), arch, catalog, cacheDir));
  const wanted = new Set(planned.map(({ directory }) => directory));
  return withBuildLock(cache, onWait, signal, async () => {
    if (!dryRun) await removeStaleWork(cache);
    const images = imagesDirectory(cacheDir);
    const names = await readdir(images).catch(() => []);
    const unwanted = names.map((name) => path.join(images, name)).filter((d) => !wanted.has(d));
    const others = ['apt', 'debs', 'checkpoints'].map((name) => path.join(cache, name));
    const removed = [...unwanted, ...others, keptDirectory(cache)];
    let bytes = 0;
    for (const directory of removed) {
      bytes += await diskUsage(directory);
      if (!dryRun) await rm(directory, { recursive: true, force: true });
    }
    return { removed: unwanted, bytes };
  });
}
