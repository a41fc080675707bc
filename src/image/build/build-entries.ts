import path from 'node:path';
import { architectures } from '../../arch.ts';
import type { ArchivePackage } from '../../debian/mirror.ts';
import { debianMirror } from '../../debian/mirror.ts';
import { forgetIndexes, resolvePackages } from '../../debian/packages.ts';
import { UnavailableError } from '../../errors.ts';
import { cacheDirectory } from '../../host/directories.ts';
import { selectPackages } from '../recipes/package-selection.ts';
import type { PlannedEntry } from '../recipes/plan.ts';
import { inputsOf } from '../recipes/recipe.ts';
import { withBuildLock, nameDiskTrouble, removeStaleWork } from '../store/cache.ts';
import type { Manifest } from '../../model/listing.ts';
import { readEntry, findEntries, type Manifests } from '../store/entry.ts';
import type { BuildOptions, BuildContext } from './build-context.ts';
import { buildEntry } from './build-entry.ts';

/** Builds entries for `ensureEntries` if some are missing, or with `refresh`. Only one process builds at a time. */
export async function buildEntries(
  entries: readonly PlannedEntry[],
  options: BuildOptions,
  { refresh }: { refresh: boolean },
): Promise<Manifests> {
  const cache = cacheDirectory(options.cacheDir);
  const [first] = entries;
  const waiting = () => {
    const step = 'waiting for another build to finish';
    if (first !== undefined) options.onProgress?.({ recipe: first.name, arch: first.arch, step });
  };
  const damages = new Map<string, string>();
  const onDamage = ({ name, arch }: PlannedEntry, damage: string) => {
    damages.set(name, damage);
    const step = `damaged in the cache (${damage}); rebuilding`;
    options.onProgress?.({ recipe: name, arch, step });
  };
  let mirror: Promise<string> | undefined;
  const findMirror = () => (mirror ??= debianMirror(options.mirror, options.signal));
  try {
    return await withBuildLock(cache, waiting, options.signal, async () => {
      await removeStaleWork(cache);
      if (refresh) await forgetIndexes(cache);
      // The previous holder of the lock may have built the missing entries.
      const manifests = refresh
        ? new Map<string, Manifest>()
        : await findEntries(entries, onDamage);
      for (const planned of entries) {
        if (manifests.has(planned.name)) continue;
        const context = contextOf(planned, entries, manifests, findMirror, options);
        const kept = refresh ? await unchangedEntry(planned, context) : null;
        const manifest = kept ?? (await buildAgain(planned, context, damages.get(planned.name)));
        manifests.set(planned.name, manifest);
        options.onEntry?.(planned, kept === null ? 'built' : 'unchanged');
      }
      return manifests;
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw nameDiskTrouble(error, cache);
  }
}

/** Builds an entry. If that fails, the error also mentions the damage of the old entry, if there was one. */
async function buildAgain(
  planned: PlannedEntry,
  context: EntryContext,
  damage: string | undefined,
): Promise<Manifest> {
  try {
    return await buildEntry(planned, context);
  } catch (error) {
    if (damage === undefined || !(error instanceof UnavailableError)) throw error;
    throw new UnavailableError(
      `the image is damaged (${damage}) and cannot be rebuilt: ${error.message}`,
      {
        place: planned.directory,
        cause: error,
        ...(error.hint !== undefined && { hint: error.hint }),
      },
    );
  }
}

type EntryContext = Omit<BuildContext, 'arch' | 'scratch' | 'output'> & { temporary: string };

function contextOf(
  planned: PlannedEntry,
  entries: readonly PlannedEntry[],
  manifests: Manifests,
  mirror: () => Promise<string>,
  { cacheDir, signal, onProgress }: BuildOptions,
): EntryContext {
  const { name: recipe, arch } = planned;
  const cache = cacheDirectory(cacheDir);
  const onStep = (step: string, amount: { done?: number; total?: number } = {}) =>
    onProgress?.({ recipe, arch, step, ...amount });
  const input = (name: string) => {
    const directory = entries.find((entry) => entry.name === name)?.directory;
    const manifest = manifests.get(name);
    if (directory === undefined || manifest === undefined)
      throw new Error(`${recipe} is to be built before its input ${name}`);
    return { directory, manifest };
  };
  const architecture = architectures[arch].debian;
  return {
    temporary: path.join(cache, 'tmp'),
    input,
    onStep,
    signal,
    packageOptions: { cache, architecture, mirror, onStep, signal },
  };
}

/** The manifest of an intact entry that a build would now build from the same packages and inputs; otherwise null. */
async function unchangedEntry(
  { recipe, arch, directory }: PlannedEntry,
  { input, packageOptions, onStep }: EntryContext,
): Promise<Manifest | null> {
  const { manifest } = await readEntry(directory);
  if (manifest === null) return null;
  onStep('comparing with the archive');
  const packages: ArchivePackage[] = [];
  for (const selection of selectPackages(recipe, arch))
    packages.push(...(await resolvePackages(selection, packageOptions)));
  const inputs = inputsOf(recipe).map((name) => [name, input(name).manifest.fingerprint] as const);
  return isUnchanged(manifest, packages, Object.fromEntries(inputs)) ? manifest : null;
}

/**
 * Whether a finished entry would be built from the same things now. `packages` are those that a build would use, `inputs`
 * the fingerprints of its inputs, by recipe. (The recipe itself is part of the entry's key.)
 */
export function isUnchanged(
  manifest: Pick<Manifest, 'packages' | 'inputs'>,
  packages: readonly Pick<ArchivePackage, 'sha256'>[],
  inputs: Readonly<Record<string, string>>,
): boolean {
  // A .deb's hash stands for its name, its version and its architecture.
  return (
    sameMembers(hashes(manifest.packages), hashes(packages)) &&
    sameMembers(pairs(manifest.inputs), pairs(inputs))
  );
}

function hashes(packages: readonly { sha256: string }[]): string[] {
  return packages.map(({ sha256 }) => sha256);
}

function pairs(inputs: Readonly<Record<string, string>>): string[] {
  return Object.entries(inputs).map((pair) => pair.join(' '));
}

function sameMembers(some: readonly string[], others: readonly string[]): boolean {
  const [a, b] = [new Set(some), new Set(others)];
  return a.size === b.size && [...a].every((member) => b.has(member));
}
