/** Pruning and verifying the image cache. */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { arches } from '../../arch.ts';
import { fileReason } from '../../file-error.ts';
import { cacheDirectory } from '../../host/directories.ts';
import { digestOf, diskUsage } from '../../host/files.ts';
import type { Verified } from '../../model/listing.ts';
import type { PlannedEntry } from '../recipes/plan.ts';
import { imagesDirectory, planEntries } from '../recipes/plan.ts';
import { ownRecipes } from '../recipes/recipe.ts';
import { withBuildLock, removeStaleWork } from './cache.ts';
import { forgetVerified, readEntry } from './entry.ts';
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

/** Reads an image in full. Makes the next run verify a damaged image in full too, so that it rebuilds the image. */
export async function verifyEntry({ arch, name, directory }: PlannedEntry): Promise<Verified> {
  const { manifest, damage } = await readEntry(directory, { full: true });
  if (damage !== null) await forgetVerified(directory);
  const state = damage !== null ? 'damaged' : manifest === null ? 'not built' : 'intact';
  return { what: `${arch}/${name}`, path: directory, state, damage };
}

/** Reads the downloaded packages and the candidate files. Each is named after the SHA-256 of its content. */
export async function* verifyDownloads(cache: string): AsyncGenerator<Verified> {
  for (const directory of [path.join(cache, 'debs'), keptDirectory(cache)]) {
    const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const sha256 = /^([0-9a-f]{64})(\.deb)?$/.exec(entry.name)?.[1];
      // A kernel's tree is verified when it is used again, which is the only way to reach it.
      if (sha256 === undefined || !entry.isFile()) continue;
      const file = path.join(directory, entry.name);
      const damage = await compare(file, sha256);
      const state = damage === null ? 'intact' : 'damaged';
      yield { what: path.relative(cache, file), path: file, state, damage };
    }
  }
}

async function compare(file: string, sha256: string): Promise<string | null> {
  try {
    return (await digestOf(file)) === sha256 ? null : 'it has the wrong content';
  } catch (error) {
    return fileReason(error);
  }
}
