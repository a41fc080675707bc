import path from 'node:path';
import type { Arch } from '../../arch.ts';
import { cacheDirectory } from '../../host/cache-directory.ts';
import type { Need } from '../../host/requirements.ts';
import type { Case, ImageReference } from '../../scenario/scenario.ts';
import { shortDigest } from '../../text/digest.ts';
import type { Catalog } from './catalog.ts';
import { findRecipe, ownRecipes, recipesDirectory } from './catalog.ts';
import { contentKey } from './content-key.ts';
import { inputsOf, outputNames, type Recipe } from './recipe.ts';

/** The images that a case boots. */
export type ImageRequest = {
  arch: Arch;
  kernel: ImageReference | null;
  initramfs: ImageReference | null;
  disk: ImageReference | null;
  /** The recipes to look names up in. Default: those of this installation. */
  catalog?: Catalog | undefined;
};

/** A recipe for one architecture, and where its image is or will be. */
export type PlannedEntry = {
  name: string;
  recipe: Recipe;
  arch: Arch;
  key: string;
  directory: string;
  /** The file that QEMU is given. */
  output: string;
};

type ImagePlan = {
  kernel: string | null;
  initramfs: string | null;
  disk: string | null;
  /** All entries needed, each after its inputs. */
  entries: PlannedEntry[];
};

/**
 * Determines where the images of a request are or will be, without using the network or building anything.
 * Throws ScenarioError for a recipe that does not exist.
 */
export function planImages(request: ImageRequest, options: { cacheDir?: string } = {}): ImagePlan {
  const { catalog = ownRecipes } = request;
  const wanted: string[] = [];
  const name = (reference: ImageReference | null, kind: Recipe['kind']) => {
    if (typeof reference !== 'string') return;
    findRecipe(catalog, reference, kind);
    wanted.push(reference);
  };
  name(request.kernel, 'kernel');
  name(request.initramfs, 'initramfs');
  name(request.disk, 'disk');

  const entries = planEntries(wanted, request.arch, catalog, options.cacheDir);
  const fileOf = (reference: ImageReference | null): string | null => {
    if (reference === null) return null;
    if (typeof reference === 'object') return path.resolve(reference.file);
    return entries.find((entry) => entry.name === reference)?.output ?? '';
  };
  return {
    kernel: fileOf(request.kernel),
    initramfs: fileOf(request.initramfs),
    disk: fileOf(request.disk),
    entries,
  };
}

/** The entries of recipes and of all their inputs, inputs first, each once. */
export function planEntries(
  names: Iterable<string>,
  arch: Arch,
  catalog: Catalog,
  cacheDir?: string,
): PlannedEntry[] {
  const images = imagesDirectory(cacheDir);
  const entries = new Map<string, PlannedEntry>();
  const add = (name: string) => {
    const recipe = catalog.get(name);
    if (recipe === undefined || entries.has(name)) return;
    inputsOf(recipe).forEach(add);
    const key = contentKey(name, arch, catalog, recipesDirectory);
    const directory = path.join(images, `${path.basename(name, '.yaml')}-${arch}-${key}`);
    const output = path.join(directory, outputNames[recipe.kind]);
    entries.set(name, { name, recipe, arch, key, directory, output });
  };
  for (const name of names) add(name);
  return [...entries.values()];
}

/** The directory with finished entries. */
export function imagesDirectory(cacheDir?: string): string {
  return path.join(cacheDirectory(cacheDir), 'images');
}

/**
 * One key for all images that some cases boot, as 16 hex digits. It changes whenever one of them has to be rebuilt. It is
 * known without a network. The user's own files are not part of it, as they are not built.
 * @throws ScenarioError for a recipe that does not exist
 */
export function imagesKey(cases: readonly Case[]): string {
  const entries = cases.flatMap(({ arch, setup }) => planImages({ arch, ...setup }).entries);
  const keys = new Set(entries.map(({ name, arch, key }) => `${arch}/${name} ${key}`));
  return shortDigest(
    [...keys]
      .sort()
      .map((key) => `${key}\n`)
      .join(''),
  );
}

/** What the host needs to build these entries. */
export function buildNeeds(entries: readonly Pick<PlannedEntry, 'recipe'>[]): Set<Need> {
  const needs = new Set<Need>();
  for (const { recipe } of entries) {
    needs.add('images');
    if (recipe.kind === 'system' || 'system' in recipe) needs.add('system');
    if ('esp' in recipe && recipe.esp !== undefined) needs.add('esp');
  }
  return needs;
}
