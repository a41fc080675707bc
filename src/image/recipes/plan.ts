import { createHash, type Hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Arch } from '../../arch.ts';
import { cacheDirectory } from '../../host/directories.ts';
import { shortDigest } from '../../host/files.ts';
import type { Need } from '../../host/requirements.ts';
import type { Case, ImageReference } from '../../scenario/scenario.ts';
import { isMadeInGuest } from './disk-layout.ts';
import type { Catalog } from './recipe.ts';
import {
  inputsOf,
  type Recipe,
  outputNames,
  findRecipe,
  bootFile,
  type BootPart,
  ownRecipes,
  recipesDirectory,
  systemKernels,
} from './recipe.ts';

/** The images that a case boots. A system stands for its own kernel and initrd. */
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
  const name = (reference: ImageReference | null, part: BootPart) => {
    if (typeof reference !== 'string') return;
    const recipe = catalog.get(reference);
    if (recipe === undefined || bootFile(recipe, part) === null)
      findRecipe(catalog, reference, part);
    wanted.push(reference);
  };
  name(request.kernel, 'kernel');
  name(request.initramfs, 'initramfs');
  name(request.disk, 'disk');

  const entries = planEntries(wanted, request.arch, catalog, options.cacheDir);
  const fileOf = (reference: ImageReference | null, part: BootPart): string | null => {
    if (reference === null) return null;
    if (typeof reference === 'object') return path.resolve(reference.file);
    const entry = entries.find((planned) => planned.name === reference);
    return entry === undefined
      ? ''
      : path.join(entry.directory, bootFile(entry.recipe, part) ?? '');
  };
  return {
    kernel: fileOf(request.kernel, 'kernel'),
    initramfs: fileOf(request.initramfs, 'initramfs'),
    disk: fileOf(request.disk, 'disk'),
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
    if (!('system' in recipe)) continue;
    if (isMadeInGuest(recipe)) needs.add('boot');
    else if (recipe.partitions?.list.some(({ filesystem }) => filesystem === 'vfat'))
      needs.add('esp');
  }
  return needs;
}

/** The directories that a recipe copies into its tree, in order. */
export function overlaysOf(recipe: Recipe): string[] {
  if (!('overlays' in recipe)) return [];
  const { kernels, root } = 'system' in recipe ? recipe : {};
  const isOverlay = kernels !== undefined && kernels.directory !== systemKernels;
  return [
    ...(root === undefined ? [] : [proofOverlay]),
    ...recipe.overlays,
    ...(isOverlay ? [kernels.directory] : []),
  ];
}

/** What says in a system which kernel has booted. A recipe of a system names it itself. */
const proofOverlay = 'debian-proof';

/** The scripts next to the recipes that install a system and write it to a disk. */
export const systemScript = 'build-system.sh';
export const diskScript = 'fill-disk.sh';
export const guestScript = 'fill-disk-in-guest.sh';

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
  hash.update(JSON.stringify([withoutPaths(recipe), kindVersions[recipe.kind], arch]));
  for (const input of inputsOf(recipe)) hash.update(contentKey(input, arch, catalog, directory));
  for (const script of scriptsOf(recipe)) hash.update(readFileSync(path.join(directory, script)));
  for (const overlay of overlaysOf(recipe)) hashDirectory(hash, path.resolve(directory, overlay));
  return hash.digest('hex').slice(0, 16);
}

/** Where a user's overlays and systems are does not matter, only what is in them, which is part of the key as well. */
function withoutPaths(recipe: Recipe): unknown {
  if ('base' in recipe) return { ...recipe, base: '', overlays: [] };
  if (!('system' in recipe) || !path.isAbsolute(recipe.overlays[0] ?? '')) return recipe;
  const { kernels, root } = recipe;
  const isOfSystem = kernels?.directory === systemKernels;
  return {
    ...recipe,
    ...{ system: '', overlays: [], kernels: { ...kernels, directory: isOfSystem } },
    ...(root !== undefined && { root: root.sha256 }),
    ...(recipe.filler !== undefined && { filler: '' }),
  };
}

function scriptsOf(recipe: Recipe): string[] {
  if (recipe.kind === 'system') return [systemScript];
  if (!('system' in recipe)) return [];
  return isMadeInGuest(recipe) ? [diskScript, guestScript] : [diskScript];
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
