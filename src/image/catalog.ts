import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { ScenarioError } from '../errors.ts';
import { ownDirectory } from '../host/own-directory.ts';
import { parseRecipe, type Recipe } from './recipe.ts';

/** Where the recipes and their overlays are. */
export const recipesDirectory = path.join(ownDirectory, 'images');

/** Recipes by name. */
export type Catalog = {
  keys(): Iterable<string>;
  has(name: string): boolean;
  get(name: string): Recipe | undefined;
  [Symbol.iterator](): Iterator<[name: string, recipe: Recipe]>;
};

let ofInstallation: Catalog | undefined;

/** All recipes of this installation. */
export function loadCatalog(): Catalog {
  return (ofInstallation ??= new RecipeDirectory(recipesDirectory));
}

/**
 * The recipes of a directory; a recipe's name is its file's. Each is read when it is first asked for, and once: a case
 * needs few of them, and reading all took 20 ms of every start.
 * Throws ScenarioError for a file that is no recipe.
 */
export class RecipeDirectory implements Catalog {
  readonly #files: Map<string, string>;
  readonly #read = new Map<string, Recipe>();

  constructor(directory: string) {
    const files = readdirSync(directory).filter((file) => file.endsWith('.yaml'));
    this.#files = new Map(
      files.sort().map((file) => [path.basename(file, '.yaml'), path.join(directory, file)]),
    );
  }

  keys(): Iterable<string> {
    return this.#files.keys();
  }

  has(name: string): boolean {
    return this.#files.has(name);
  }

  get(name: string): Recipe | undefined {
    const file = this.#files.get(name);
    return file === undefined ? undefined : this.#recipe(name, file);
  }

  *[Symbol.iterator](): Generator<[string, Recipe]> {
    for (const [name, file] of this.#files) yield [name, this.#recipe(name, file)];
  }

  #recipe(name: string, file: string): Recipe {
    const recipe = this.#read.get(name) ?? loadRecipe(file);
    this.#read.set(name, recipe);
    return recipe;
  }
}

function loadRecipe(file: string): Recipe {
  const result = parseRecipe(parse(readFileSync(file, 'utf8')));
  if (!result.success) throw new ScenarioError(z.prettifyError(result.error), { place: file });
  return result.data;
}

/** The recipe of that name and kind. Throws ScenarioError that lists the ones there are. */
export function findRecipe<K extends Recipe['kind']>(
  catalog: Catalog,
  name: string,
  kind: K,
): Extract<Recipe, { kind: K }> {
  const recipe = catalog.get(name);
  if (recipe?.kind === kind) return recipe as Extract<Recipe, { kind: K }>;
  throw new ScenarioError(`no image recipe \`${name}\` of kind ${kind}`, {
    hint: `there are: ${namesOfKind(catalog, kind).join(', ')}`,
  });
}

/** The names of all recipes of a kind. */
export function namesOfKind(catalog: Catalog, kind: Recipe['kind']): string[] {
  return [...catalog].filter(([, recipe]) => recipe.kind === kind).map(([name]) => name);
}
