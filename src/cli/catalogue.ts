import { loadCatalog } from '../image/catalog.ts';
import type { Recipe } from '../image/recipe.ts';
import { machineProfileNames } from '../qemu/machine-profile.ts';
import type { Catalogue } from '../scenario/check.ts';

/** The machines and recipes of this installation, by name. */
export async function loadCatalogue(): Promise<Catalogue> {
  const recipes = [...loadCatalog()];
  const named = (kind: Recipe['kind']) =>
    recipes.filter(([, recipe]) => recipe.kind === kind).map(([name]) => name);
  return {
    machines: await machineProfileNames(),
    recipes: { kernel: named('kernel'), initramfs: named('initramfs'), disk: named('disk') },
  };
}
