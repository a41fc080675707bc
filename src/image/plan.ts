import path from 'node:path';
import type { Arch, ImageReference } from '../scenario/scenario.ts';
import { cacheDirectory } from './cache-directory.ts';
import { findRecipe, loadCatalog, recipesDirectory } from './catalog.ts';
import { contentKey } from './content-key.ts';
import type { ImageRequest } from './image-set.ts';
import { inputsOf, outputNames, type Recipe } from './recipe.ts';

/** A recipe for one architecture, and where its result is or will be. */
export type PlannedEntry = {
  name: string;
  recipe: Recipe;
  arch: Arch;
  key: string;
  directory: string;
  /** The file QEMU is given. */
  output: string;
};

export type ImagePlan = {
  kernel: string;
  initramfs: string;
  disk: string | null;
  /** All entries needed, inputs in front of what is built from them. */
  entries: PlannedEntry[];
};

/** Says where the images of a request are or will be, without a network and without building. */
export function planImages(request: ImageRequest, options: { cacheDir?: string } = {}): ImagePlan {
  const catalog = loadCatalog();
  const entries = new Map<string, PlannedEntry>();
  const add = (name: string): PlannedEntry => {
    const recipe = catalog.get(name);
    if (recipe === undefined) throw new Error(`recipe ${name} is not in the catalog`);
    inputsOf(recipe).forEach(add);
    const planned =
      entries.get(name) ?? planEntry(name, recipe, request.arch, catalog, options.cacheDir);
    entries.set(name, planned);
    return planned;
  };
  const file = (reference: ImageReference, kind: Recipe['kind']) => {
    if (typeof reference !== 'string') return path.resolve(reference.file);
    findRecipe(catalog, reference, kind);
    return add(reference).output;
  };
  return {
    kernel: file(request.kernel, 'kernel'),
    initramfs: file(request.initramfs, 'initramfs'),
    disk: request.disk === null ? null : file(request.disk, 'disk'),
    entries: [...entries.values()],
  };
}

function planEntry(
  name: string,
  recipe: Recipe,
  arch: Arch,
  catalog: Map<string, Recipe>,
  cacheDir?: string,
): PlannedEntry {
  const key = contentKey(name, arch, catalog, recipesDirectory);
  const directory = path.join(cacheDirectory(cacheDir), 'images', `${name}-${arch}-${key}`);
  return {
    name,
    recipe,
    arch,
    key,
    directory,
    output: path.join(directory, outputNames[recipe.kind]),
  };
}
