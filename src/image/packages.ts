import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { hasContent } from '../host/file-digest.ts';
import { debFileName, type Apt } from './apt.ts';
import type { ArchivePackage } from './package-closure.ts';
import { withIndex, type IndexOptions } from './package-index.ts';
import type { PackageSelection } from './package-selection.ts';
import { SuiteUnusableError } from './suite-unusable.ts';
import { unpackDeb } from './unpack-deb.ts';

/** Verified packages are kept in the cache as `debs/<sha256>.deb`. */
export type PackageOptions = Omit<IndexOptions, 'suite'>;

/** A package, and the suite it was taken from. */
export type TakenPackage = ArchivePackage & { suite: string };

/**
 * The newest packages of a selection, with the .deb of each, in the same order; what the cache lacks is downloaded.
 * Throws UnavailableError when that fails.
 */
export function fetchPackages(
  selection: PackageSelection,
  options: PackageOptions,
): Promise<{ packages: TakenPackage[]; debs: string[] }> {
  return fromFirstSuite(selection, options, async (apt, packages) => ({
    packages,
    debs: await download(apt, packages, options),
  }));
}

/** The newest packages of a selection, as the index has them; downloads none. Throws UnavailableError when that fails. */
export function resolvePackages(
  selection: PackageSelection,
  options: PackageOptions,
): Promise<TakenPackage[]> {
  return fromFirstSuite(selection, options, (_, packages) => Promise.resolve(packages));
}

/** Does `work` with the packages of the first suite that can serve. Throws the first one's error where none can. */
async function fromFirstSuite<T>(
  selection: PackageSelection,
  options: PackageOptions,
  work: (apt: Apt, packages: TakenPackage[]) => Promise<T>,
): Promise<T> {
  let trouble: SuiteUnusableError | undefined;
  for (const [index, { suite, find }] of selection.entries()) {
    try {
      return await withIndex({ ...options, suite }, async (apt) => {
        const packages = await find(apt);
        return work(
          apt,
          packages.map((found) => ({ ...found, suite })),
        );
      });
    } catch (error) {
      if (!(error instanceof SuiteUnusableError)) throw error;
      trouble ??= error;
      const next = selection[index + 1];
      if (next !== undefined)
        options.onStep(
          `Debian ${suite} cannot be used (${firstLine(error)}): taking ${next.suite}`,
        );
    }
  }
  throw trouble ?? new Error('a selection without a suite');
}

function firstLine({ message }: Error): string {
  return message.split('\n')[0] ?? '';
}

/** Fetches a selection and unpacks each package into a directory of its own under `target`. */
export async function unpackPackages(
  selection: PackageSelection,
  target: string,
  options: PackageOptions,
): Promise<{ packages: TakenPackage[]; directories: string[] }> {
  const { packages, debs } = await fetchPackages(selection, options);
  await mkdir(target, { recursive: true });
  const directories = packages.map(({ name }) => path.join(target, name));
  for (const [index, directory] of directories.entries()) {
    options.onStep('unpacking packages', { done: index, total: directories.length });
    await unpackDeb(debs[index] ?? '', directory, options.signal);
  }
  return { packages, directories };
}

/** The .debs, downloaded where the cache lacks them or has them damaged. */
async function download(
  apt: Apt,
  packages: readonly ArchivePackage[],
  { cache, onStep }: PackageOptions,
): Promise<string[]> {
  const store = path.join(cache, 'debs');
  const cached = ({ sha256 }: ArchivePackage) => path.join(store, `${sha256}.deb`);
  const missing: ArchivePackage[] = [];
  for (const wanted of packages)
    if (!(await hasContent(cached(wanted), wanted.sha256))) missing.push(wanted);
  if (missing.length === 0) return packages.map(cached);

  const total = missing.reduce((sum, { size }) => sum + size, 0);
  const progress = (percent: number) => {
    onStep('downloading packages', { done: Math.round((percent / 100) * total), total });
  };
  progress(0);
  await mkdir(store, { recursive: true });
  const partial = await mkdtemp(path.join(store, 'partial-'));
  try {
    await apt.download(missing, partial, progress);
    for (const fetched of missing)
      await rename(path.join(partial, debFileName(fetched)), cached(fetched));
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return packages.map(cached);
}
