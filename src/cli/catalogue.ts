import { namesOfKind, ownRecipes } from '../image/recipes/catalog.ts';
import { ownMachines } from '../qemu/machine-profile.ts';
import type { Catalogue } from '../scenario/check.ts';

/** The machines and recipes of this installation, by name. */
export const ownCatalogue: Catalogue = {
  machines: ownMachines,
  isRecipe: (name, kind) => ownRecipes.get(name)?.kind === kind,
  recipes: (kind) => namesOfKind(ownRecipes, kind),
};
