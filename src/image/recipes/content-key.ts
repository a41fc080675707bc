import { createHash, type Hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Arch } from '../../arch.ts';
import type { Catalog } from './catalog.ts';
import { inputsOf, type Recipe } from './recipe.ts';

/** The scripts next to the recipes: one installs a system, the other writes it to a disk. */
export const systemScript = 'build-system.sh';
export const diskScript = 'fill-disk.sh';

/** Increase a kind's number if its builder starts to build something different from the same recipe. */
const kindVersions: Record<Recipe['kind'], number> = {
  kernel: 1,
  initramfs: 2,
  system: 2,
  disk: 2,
};

/**
 * A digest of what an image is built from, as 16 hex digits: the recipe, its overlays, its inputs, the architecture and
 * the builder's version. Package versions are not part of it, so it is known without a network.
 */
export function contentKey(name: string, arch: Arch, catalog: Catalog, directory: string): string {
  const recipe = catalog.get(name);
  if (recipe === undefined) throw new Error(`recipe ${name} is not in the catalog`);
  const hash = createHash('sha256');
  hash.update(JSON.stringify([recipe, kindVersions[recipe.kind], arch]));
  for (const input of inputsOf(recipe)) hash.update(contentKey(input, arch, catalog, directory));
  const script = scriptOf(recipe);
  if (script !== null) hash.update(readFileSync(path.join(directory, script)));
  if ('overlays' in recipe)
    for (const overlay of recipe.overlays) hashDirectory(hash, path.resolve(directory, overlay));
  return hash.digest('hex').slice(0, 16);
}

function scriptOf(recipe: Recipe): string | null {
  if (recipe.kind === 'system') return systemScript;
  return 'system' in recipe ? diskScript : null;
}

function hashDirectory(hash: Hash, directory: string): void {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((e) => path.join(e.parentPath, e.name));
  for (const file of files.sort()) {
    const content = readFileSync(file);
    hash.update(JSON.stringify([path.relative(directory, file), content.length]));
    hash.update(content);
  }
}
