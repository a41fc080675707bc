import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { ScenarioError } from '../errors.ts';
import { ownDirectory } from '../host/own-directory.ts';
import { parseRecipe, type Recipe } from './recipe.ts';

/** Where the recipes and their overlays are. */
export const recipesDirectory = path.join(ownDirectory, 'images');

let ofInstallation: Map<string, Recipe> | undefined;

/**
 * All recipes of this installation by name; the name is the file's. Read once.
 * @throws ScenarioError for a file that is no recipe
 */
export function loadCatalog(): Map<string, Recipe> {
  return (ofInstallation ??= readCatalog(recipesDirectory));
}

/** All recipes of a directory, see {@link loadCatalog}. */
export function readCatalog(directory: string): Map<string, Recipe> {
  const files = readdirSync(directory).filter((file) => file.endsWith('.yaml'));
  return new Map(
    files
      .sort()
      .map((file) => [path.basename(file, '.yaml'), loadRecipe(path.join(directory, file))]),
  );
}

function loadRecipe(file: string): Recipe {
  const result = parseRecipe(parse(readFileSync(file, 'utf8')));
  if (!result.success) throw new ScenarioError(z.prettifyError(result.error), { place: file });
  return result.data;
}

/** The recipe of that name and kind. Throws ScenarioError that lists the ones there are. */
export function findRecipe<K extends Recipe['kind']>(
  catalog: Map<string, Recipe>,
  name: string,
  kind: K,
): Extract<Recipe, { kind: K }> {
  const recipe = catalog.get(name);
  if (recipe?.kind === kind) return recipe as Extract<Recipe, { kind: K }>;
  const names = [...catalog].filter(([, r]) => r.kind === kind).map(([n]) => n);
  throw new ScenarioError(`no image recipe \`${name}\` of kind ${kind}`, {
    hint: `there are: ${names.join(', ')}`,
  });
}
