import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UnavailableError } from '../errors.ts';
import { debFileName, openApt, type Apt, type AptOptions } from './apt.ts';
import { fileExists } from './file-exists.ts';
import { packageClosure, type ArchivePackage, type Follow } from './package-closure.ts';
import { runTool } from './run-tool.ts';

export type PackageOptions = Omit<AptOptions, 'directory' | 'mirror'> & {
  /** The cache: `apt/<suite>-<architecture>` and `debs/<sha256>.deb` are in it. */
  cache: string;
  /** Asked for when packages are needed. */
  mirror: () => Promise<string>;
  onStep: (step: string, amount?: { done: number; total: number }) => void;
};

/**
 * Resolves `names` and what `follow` accepts of their dependencies, downloads what the cache lacks and unpacks each
 * package into a directory of its own under `target`. Throws UnavailableError when that fails.
 */
export async function unpackPackages(
  names: readonly string[],
  follow: Follow,
  target: string,
  options: PackageOptions,
): Promise<{ packages: ArchivePackage[]; directories: string[] }> {
  const { packages, debs } = await fetch(options, async (apt) => {
    const packages = await packageClosure(names, (batch) => apt.show(batch), follow);
    const missing = names.filter((name) => !packages.some((found) => found.name === name));
    if (missing.length > 0)
      throw new UnavailableError(
        `Debian ${options.suite} has no ${missing.join(', ')} for ${options.architecture}`,
      );
    return packages;
  });
  await mkdir(target, { recursive: true });
  const directories = packages.map(({ name }) => path.join(target, name));
  for (const [index, directory] of directories.entries()) {
    options.onStep('unpacking packages', { done: index, total: directories.length });
    await runTool('dpkg-deb', ['-x', debs[index] ?? '', directory], { signal: options.signal });
  }
  return { packages, directories };
}

/**
 * The packages of a system that has `wanted` (names or apt-patterns(7)) and all it takes, with the .deb of each, in the
 * same order. Throws UnavailableError when that fails.
 */
export function fetchSystem(
  wanted: readonly string[],
  options: PackageOptions,
): Promise<{ packages: ArchivePackage[]; debs: string[] }> {
  return fetch(options, async (apt) => apt.show(await apt.resolve(wanted)));
}

/** Makes apt fetch every suite's index again when it is next needed. */
export async function forgetIndexes(cache: string): Promise<void> {
  for (const suite of await readdir(path.join(cache, 'apt')).catch(() => []))
    await rm(indexStamp(path.join(cache, 'apt', suite)), { force: true });
}

/** Written when an index has been fetched whole. */
function indexStamp(directory: string): string {
  return path.join(directory, 'index-complete');
}

/** Downloads what `choose` finds in the index, which is fetched when there is none or when it proves too old. */
async function fetch(options: PackageOptions, choose: (apt: Apt) => Promise<ArchivePackage[]>) {
  const { cache, suite, architecture } = options;
  const directory = path.join(cache, 'apt', `${suite}-${architecture}`);
  const apt = await openApt({ ...options, directory, mirror: await options.mirror() });
  const attempt = async () => {
    const packages = await choose(apt);
    return { packages, debs: await fetchPackages(apt, packages, options) };
  };
  const update = async () => {
    const step = `fetching the index of Debian ${suite} for ${architecture}`;
    options.onStep(step);
    await apt.update((percent) => {
      options.onStep(step, { done: percent, total: 100 });
    });
    await writeFile(indexStamp(directory), '');
  };

  if (await fileExists(indexStamp(directory))) {
    try {
      return await attempt();
    } catch (error) {
      // An old index names packages that the mirror has replaced since.
      options.signal?.throwIfAborted();
      if (!(error instanceof UnavailableError)) throw error;
    }
  }
  await update();
  return attempt();
}

/** The .debs, downloaded where the cache lacks them. It is keyed by hash: what is there has been verified. */
async function fetchPackages(
  apt: Apt,
  packages: readonly ArchivePackage[],
  { cache, onStep }: PackageOptions,
): Promise<string[]> {
  const store = path.join(cache, 'debs');
  const cached = ({ sha256 }: ArchivePackage) => path.join(store, `${sha256}.deb`);
  const missing: ArchivePackage[] = [];
  for (const wanted of packages)
    if ((await stat(cached(wanted)).catch(() => null))?.size !== wanted.size) missing.push(wanted);
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
