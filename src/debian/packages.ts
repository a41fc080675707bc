import { readdir, rm, writeFile, mkdir, mkdtemp, rename } from 'node:fs/promises';
import path from 'node:path';
import { UnavailableError } from '../errors.ts';
import { hasContent, fileExists } from '../host/files.ts';
import { openApt, type Apt, type AptOptions, debFileName, SuiteUnusableError } from './apt.ts';
import { unpackDeb } from './deb-file.ts';
import type { ArchivePackage } from './mirror.ts';

/** Verified packages are cached as `debs/<sha256>.deb`. */
export type PackageOptions = Omit<IndexOptions, 'suite'>;

/** The queries that a selection makes to a suite's index. */
export type SuiteIndex = Pick<Apt, 'show' | 'resolve'>;

/** The packages that go into an image directly, not through its inputs: the suites to take them from, best first. */
export type PackageSelection = Choice[];

export type Choice = {
  suite: string;
  /** Finds the packages in the suite's index. Throws SuiteUnusableError if it lacks them. */
  find: (index: SuiteIndex) => Promise<ArchivePackage[]>;
};

/** A package and the suite that it comes from. */
type TakenPackage = ArchivePackage & { suite: string };

/**
 * The newest packages of a selection, and their .deb files in the same order. Files that are not cached are downloaded.
 * Throws UnavailableError if that fails.
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

/** The newest packages of a selection, as listed in the index. Downloads none. Throws UnavailableError if that fails. */
export function resolvePackages(
  selection: PackageSelection,
  options: PackageOptions,
): Promise<TakenPackage[]> {
  return fromFirstSuite(selection, options, (_, packages) => Promise.resolve(packages));
}

/** Calls `work` with the packages of the first usable suite. Throws the first suite's error if none is usable. */
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
        options.onStep(`Debian ${suite} cannot be used (${firstLine(error)}); using ${next.suite}`);
    }
  }
  throw trouble ?? new Error('a selection without a suite');
}

function firstLine({ message }: Error): string {
  return message.split('\n')[0] ?? '';
}

/** Fetches a selection and unpacks each package into its own directory under `target`. */
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

/** The .deb files. Those that are missing in the cache or damaged are downloaded. */
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

type IndexOptions = Omit<AptOptions, 'directory' | 'mirror'> & {
  /** The cache directory, which contains `apt/<suite>-<architecture>`. */
  cache: string;
  /** Called only when packages are needed. */
  mirror: () => Promise<string>;
  onStep: (step: string, amount?: { done: number; total: number }) => void;
};

/** Calls `work` with a suite's index, which is downloaded if it is missing or turns out to be outdated. */
export async function withIndex<T>(
  options: IndexOptions,
  work: (apt: Apt) => Promise<T>,
): Promise<T> {
  const { cache, suite, architecture } = options;
  const directory = path.join(cache, 'apt', `${suite}-${architecture}`);
  const apt = await openApt({ ...options, directory, mirror: await options.mirror() });
  if (await fileExists(indexStamp(directory))) {
    try {
      return await work(apt);
    } catch (error) {
      // An outdated index names packages that the mirror has since replaced.
      options.signal?.throwIfAborted();
      if (!(error instanceof UnavailableError)) throw error;
    }
  }
  const step = `downloading the package index of Debian ${suite} for ${architecture}`;
  options.onStep(step);
  await apt.update((percent) => {
    options.onStep(step, { done: percent, total: 100 });
  });
  await writeFile(indexStamp(directory), '');
  return work(apt);
}

/** Marks all indexes as outdated, so that each is downloaded again when it is next needed. */
export async function forgetIndexes(cache: string): Promise<void> {
  for (const suite of await readdir(path.join(cache, 'apt')).catch(() => []))
    await rm(indexStamp(path.join(cache, 'apt', suite)), { force: true });
}

/** Marks an index that was downloaded completely. */
function indexStamp(directory: string): string {
  return path.join(directory, 'index-complete');
}
