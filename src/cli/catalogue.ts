import { loadCatalog, namesOfKind } from '../image/catalog.ts';
import { loadMachineProfile, machineProfileNames } from '../qemu/machine-profile.ts';
import type { Catalogue } from '../scenario/check.ts';

/** The machines and recipes of this installation, by name. */
export async function loadCatalogue(): Promise<Catalogue> {
  const catalog = loadCatalog();
  const names = await machineProfileNames();
  const profiles = await Promise.all(names.map((name) => loadMachineProfile(name)));
  return {
    machines: Object.fromEntries(profiles.map((profile) => [profile.name, profile])),
    isRecipe: (name, kind) => catalog.get(name)?.kind === kind,
    recipes: (kind) => namesOfKind(catalog, kind),
  };
}
