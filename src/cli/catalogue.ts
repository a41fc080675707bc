import { loadCatalog } from '../image/catalog.ts';
import type { Recipe } from '../image/recipe.ts';
import { loadMachineProfile, machineProfileNames } from '../qemu/machine-profile.ts';
import type { Catalogue } from '../scenario/check.ts';

/** The machines and recipes of this installation, by name. */
export async function loadCatalogue(): Promise<Catalogue> {
  const recipes = [...loadCatalog()];
  const named = (kind: Recipe['kind']) =>
    recipes.filter(([, recipe]) => recipe.kind === kind).map(([name]) => name);
  const names = await machineProfileNames();
  const profiles = await Promise.all(names.map((name) => loadMachineProfile(name)));
  return {
    machines: Object.fromEntries(profiles.map((profile) => [profile.name, profile])),
    recipes: { kernel: named('kernel'), initramfs: named('initramfs'), disk: named('disk') },
  };
}
