import path from 'node:path';
import { architectures } from '../arch.ts';
import { UnavailableError } from '../errors.ts';
import type { BuildContext } from './build-context.ts';
import { buildEntry } from './build-entry.ts';
import { withBuildLock } from './build-lock.ts';
import { cacheDirectory } from './cache-directory.ts';
import { nameDiskTrouble } from './cache-trouble.ts';
import { debianMirror } from './debian-mirror.ts';
import type { BuildOptions } from './ensure-entries.ts';
import { readEntry, type Manifest } from './entry.ts';
import { findEntries, type Manifests } from './find-entries.ts';
import type { ArchivePackage } from './package-closure.ts';
import { forgetIndexes } from './package-index.ts';
import { selectPackages } from './package-selection.ts';
import { resolvePackages } from './packages.ts';
import type { PlannedEntry } from './plan.ts';
import { inputsOf } from './recipe.ts';
import { removeStaleWork } from './stale-work.ts';
import { isUnchanged } from './unchanged-entry.ts';

/** What `ensureEntries` does when entries are missing, or with `refresh`. Only one process builds at a time. */
export async function buildEntries(
  entries: readonly PlannedEntry[],
  options: BuildOptions,
  { refresh }: { refresh: boolean },
): Promise<Manifests> {
  const cache = cacheDirectory(options.cacheDir);
  const [first] = entries;
  const waiting = () => {
    const step = 'waiting for another kexec-lab that is building';
    if (first !== undefined) options.onProgress?.({ recipe: first.name, arch: first.arch, step });
  };
  const damages = new Map<string, string>();
  const onDamage = ({ name, arch }: PlannedEntry, damage: string) => {
    damages.set(name, damage);
    const step = `damaged in the cache (${damage}); building it again`;
    options.onProgress?.({ recipe: name, arch, step });
  };
  let mirror: Promise<string> | undefined;
  const findMirror = () => (mirror ??= debianMirror(options.mirror, options.signal));
  try {
    return await withBuildLock(cache, waiting, options.signal, async () => {
      await removeStaleWork(cache);
      if (refresh) await forgetIndexes(cache);
      // Whoever had the lock may have built what was missing.
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

/** Builds an entry; where that fails and there was one, damaged, says so too. */
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
      `the image is damaged (${damage}) and cannot be built again: ${error.message}`,
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

/** The manifest of an entry that is whole and would be built of the same packages and inputs now; else null. */
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
