import path from 'node:path';
import { ScenarioError } from '../../errors.ts';
import { ownDirectory } from '../../host/directories.ts';
import type { Named } from '../../yaml/yaml-directory.ts';
import { YamlDirectory } from '../../yaml/yaml-directory.ts';
import { recipeSchema, type Recipe } from './recipe.ts';

/** The directory with the recipes and their overlays. */
export const recipesDirectory = path.join(ownDirectory, 'images');

/** Recipes by name. */
export type Catalog = Named<Recipe>;

const recipes = new YamlDirectory<Recipe>(recipesDirectory, recipeSchema);

/** The recipes of this installation. An absolute path stands for a user's recipe, whose overlays are beside it. */
export const ownRecipes: Catalog = {
  keys: () => recipes.keys(),
  has: (name) => recipes.has(name),
  get: (name) => {
    const recipe = recipes.get(name);
    if (recipe === undefined || !path.isAbsolute(name) || !('overlays' in recipe)) return recipe;
    const overlays = recipe.overlays.map((overlay) => path.resolve(path.dirname(name), overlay));
    return { ...recipe, overlays };
  },
  [Symbol.iterator]: () => recipes[Symbol.iterator](),
};

/** The recipe of that name and kind. Throws ScenarioError with a list of the existing ones. */
export function findRecipe<K extends Recipe['kind']>(
  catalog: Catalog,
  name: string,
  kind: K,
): Extract<Recipe, { kind: K }> {
  const recipe = catalog.get(name);
  if (recipe?.kind === kind) return recipe as Extract<Recipe, { kind: K }>;
  throw new ScenarioError(`no image recipe \`${name}\` of kind ${kind}`, {
    hint: `Choose one of: ${namesOfKind(catalog, kind).join(', ')}.`,
  });
}

/** The names of all recipes of a kind. */
export function namesOfKind(catalog: Catalog, kind: Recipe['kind']): string[] {
  return [...catalog].filter(([, recipe]) => recipe.kind === kind).map(([name]) => name);
}
