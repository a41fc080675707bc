import { readEntry, type Manifest } from './entry.ts';
import type { PlannedEntry } from './plan.ts';
import { inputsOf } from './recipe.ts';

/** Finished entries' manifests by recipe name. */
export type Manifests = Map<string, Manifest>;

/**
 * The entries of one architecture, planned inputs first, that can be used: whole, and built from the very inputs that
 * are there now. (A kernel that was built again may be a newer one, whose modules an old initramfs does not have.)
 * @param onDamage told of an entry that is there and whose content is not what was built
 */
export async function findEntries(
  entries: readonly PlannedEntry[],
  onDamage?: (entry: PlannedEntry, damage: string) => void,
): Promise<Manifests> {
  const manifests: Manifests = new Map();
  for (const entry of entries) {
    const { name, recipe, directory } = entry;
    const { manifest, damage } = await readEntry(directory);
    if (damage !== null) onDamage?.(entry, damage);
    const current = inputsOf(recipe).every(
      (input) => manifest?.inputs[input] === manifests.get(input)?.fingerprint,
    );
    if (manifest !== null && current) manifests.set(name, manifest);
  }
  return manifests;
}
