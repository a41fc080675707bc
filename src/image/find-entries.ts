import { readEntry, type Manifest } from './entry.ts';
import type { PlannedEntry } from './plan.ts';
import { inputsOf } from './recipe.ts';

/** Finished entries' manifests by recipe name. */
export type Manifests = Map<string, Manifest>;

/**
 * The entries of one architecture, planned inputs first, that can be used: whole, and built from the very inputs that
 * are there now. (A kernel that was built again may be a newer one, whose modules an old initramfs does not have.)
 */
export async function findEntries(entries: readonly PlannedEntry[]): Promise<Manifests> {
  const manifests: Manifests = new Map();
  for (const { name, recipe, directory } of entries) {
    const manifest = await readEntry(directory);
    const current = inputsOf(recipe).every(
      (input) => manifest?.inputs[input] === manifests.get(input)?.fingerprint,
    );
    if (manifest !== null && current) manifests.set(name, manifest);
  }
  return manifests;
}
