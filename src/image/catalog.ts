import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { ScenarioError } from '../errors.ts';
import { parseRecipe, type Recipe } from './recipe.ts';

/** Where the recipes and their overlays are. */
export const recipesDirectory = fileURLToPath(new URL('../../images/', import.meta.url));

/** All recipes by name; the name is the file's. Throws ScenarioError for a file that is no recipe. */
export function loadCatalog(directory = recipesDirectory): Map<string, Recipe> {
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
