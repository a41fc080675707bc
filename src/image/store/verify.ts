import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileReason } from '../../file-error.ts';
import { digestOf } from '../../host/file-digest.ts';
import type { PlannedEntry } from '../recipes/plan.ts';
import { forgetVerified, readEntry } from './entry.ts';
import { broughtDirectory } from './kept-files.ts';

/** Something in the cache, read in full. */
export type Verified = {
  /** `arch/recipe` of an image; the file's name in the cache of anything else. */
  what: string;
  path: string;
  state: 'intact' | 'damaged' | 'not built';
  /** What is wrong with it; null where nothing is. */
  damage: string | null;
};

/** Reads an image in full. One that is damaged is not taken for good by its times any more, and the next run sees it. */
export async function verifyEntry({ arch, name, directory }: PlannedEntry): Promise<Verified> {
  const { manifest, damage } = await readEntry(directory, { full: true });
  if (damage !== null) await forgetVerified(directory);
  const state = damage !== null ? 'damaged' : manifest === null ? 'not built' : 'intact';
  return { what: `${arch}/${name}`, path: directory, state, damage };
}

/** Reads the downloaded packages and the candidates' files: each is named by the SHA-256 of its content. */
export async function* verifyDownloads(cache: string): AsyncGenerator<Verified> {
  for (const directory of [path.join(cache, 'debs'), broughtDirectory(cache)]) {
    const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const sha256 = /^([0-9a-f]{64})(\.deb)?$/.exec(entry.name)?.[1];
      // A kernel's tree is verified when it is brought again, which is the only way to it.
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
    return (await digestOf(file)) === sha256 ? null : 'it has another content';
  } catch (error) {
    return fileReason(error);
  }
}
