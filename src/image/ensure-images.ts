import { open, stat } from 'node:fs/promises';
import type { Arch } from '../arch.ts';
import { ScenarioError } from '../errors.ts';
import { scenarioFileError } from '../file-error.ts';
import { diskHeaderBytes, diskTrouble } from '../formats/disk.ts';
import { kernelHeaderBytes, kernelTrouble } from '../formats/kernel.ts';
import { kindOf } from '../host/user-file.ts';
import type { PackageVersion } from '../model/result.ts';
import type { ImageReference } from '../scenario/scenario.ts';
import type { BuildOptions } from './build/build-context.ts';
import type { ImageRequest, PlannedEntry } from './recipes/plan.ts';
import { planImages } from './recipes/plan.ts';
import type { Manifest } from '../model/listing.ts';
import { findEntries, type Manifests } from './store/entry.ts';

/** Files ready to boot, and the facts about them for a report. Paths are absolute; the files must not be written. */
export type ImageSet = {
  kernel: string | null;
  initramfs: string | null;
  disk: string | null;
  /** `uname -r` of the first kernel and of the kernel on the disk; null if unknown, as for the user's own files. */
  releases: { first: string | null; second: string | null };
  packages: PackageVersion[];
  /** Content key per recipe, for the report's environment. */
  keys: Record<string, string>;
};

/**
 * Makes all images of a case available, and builds those that are not cached. Throws ScenarioError for a recipe that does
 * not exist or a file that cannot be used, UnavailableError if something cannot be downloaded or built, and the signal's
 * reason if it is aborted.
 */
export async function ensureImages(
  request: ImageRequest,
  options: BuildOptions = {},
): Promise<ImageSet> {
  const { kernel, initramfs, disk, entries } = planImages(request, options);
  await checkFiles(request);
  const manifests = await ensureEntries(entries, options);
  const manifestOf = (reference: ImageReference | null) =>
    typeof reference === 'string' ? manifests.get(reference) : undefined;
  return {
    kernel,
    initramfs,
    disk,
    releases: {
      first: manifestOf(request.kernel)?.release ?? null,
      second: manifestOf(request.disk)?.release ?? null,
    },
    packages: packageVersions([...manifests.values()]),
    keys: Object.fromEntries(entries.map(({ name, key }) => [name, key])),
  };
}

/** All packages, each once even if it went into several images. */
function packageVersions(manifests: Manifest[]): PackageVersion[] {
  const all = manifests.flatMap(({ packages }) => packages);
  const distinct = new Map(all.map(({ sha256, ...version }) => [sha256, version]));
  return [...distinct.values()];
}

/**
 * Builds the entries that are missing or damaged, and uses no network if there are none. With `refresh`, also rebuilds
 * entries whose packages have changed in the archive. All entries are for one architecture, with inputs first. Throws
 * UnavailableError if something cannot be downloaded or built, and the signal's reason if it is aborted.
 */
export async function ensureEntries(
  entries: readonly PlannedEntry[],
  options: BuildOptions = {},
  { refresh = false } = {},
): Promise<Manifests> {
  if (!refresh) {
    const found = await findEntries(entries);
    if (found.size === entries.length) return found;
  }
  // The builders are loaded only if an image is missing, so that other runs start faster.
  const { buildEntries } = await import('./build/build-entries.ts');
  return buildEntries(entries, options, { refresh });
}

type Kind = 'kernel' | 'initramfs' | 'disk';

/**
 * Checks the user's own files in a request before they are used. Throws ScenarioError for a file of another kind, or a damaged one.
 */
export async function checkFiles({ arch, kernel, initramfs, disk }: ImageRequest): Promise<void> {
  await checkReference('kernel', kernel, arch);
  await checkReference('initramfs', initramfs, arch);
  await checkReference('disk', disk, arch);
}

async function checkReference(kind: Kind, reference: ImageReference | null, arch: Arch) {
  if (reference === null || typeof reference === 'string') return;
  const { file } = reference;
  const trouble = await findTrouble(kind, file, arch).catch((error: unknown) => {
    throw scenarioFileError(error, { place: file, doing: `read this ${kind}` });
  });
  if (trouble !== null) throw new ScenarioError(`this ${kind} ${trouble}`, { place: file });
}

async function findTrouble(kind: Kind, file: string, arch: Arch): Promise<string | null> {
  const found = await stat(file);
  // Opening a pipe without a writer would block and could not be interrupted.
  if (!found.isFile()) return `is ${kindOf(found)}`;
  const { size } = found;
  switch (kind) {
    case 'kernel':
      return kernelTrouble(await readStart(file, kernelHeaderBytes), size, arch);
    case 'initramfs': {
      const { initramfsTrouble } = await import('../formats/initramfs.ts');
      return initramfsTrouble(file);
    }
    case 'disk':
      return diskTrouble(await readStart(file, diskHeaderBytes), size);
  }
}

async function readStart(file: string, length: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
