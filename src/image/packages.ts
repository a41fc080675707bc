import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { UnavailableError } from '../errors.ts';
import { fileExists } from './file-exists.ts';
import { debFileName, openApt, type Apt, type AptOptions } from './apt.ts';
import { packageClosure, type ArchivePackage, type Follow } from './package-closure.ts';
import { runTool } from './run-tool.ts';

export type PackageOptions = Omit<AptOptions, 'directory' | 'mirror'> & {
  cacheDirectory: string;
  /** Asked for only when something must be downloaded. */
  mirror: () => Promise<string>;
  onStep: (step: string, done?: number, total?: number) => void;
};

/**
 * Resolves `names` and what `follow` accepts of their dependencies, downloads what the cache lacks and unpacks each
 * package into a directory of its own under `target`.
 */
export async function unpackPackages(
  names: readonly string[],
  follow: Follow,
  target: string,
  options: PackageOptions,
): Promise<{ packages: ArchivePackage[]; directories: string[] }> {
  const { cacheDirectory, suite, architecture, onStep, signal } = options;
  const directory = path.join(cacheDirectory, 'apt', `${suite}-${architecture}`);
  const fresh = !(await fileExists(path.join(directory, 'cache/pkgcache.bin')));
  const apt = await openApt({ ...options, directory, mirror: await options.mirror() });
  if (fresh) await updateIndex(apt, options);

  const packages = await packageClosure(names, (batch) => apt.show(batch), follow);
  const missing = names.filter((name) => !packages.some((found) => found.name === name));
  if (missing.length > 0)
    throw new UnavailableError(`Debian ${suite} has no ${missing.join(', ')} for ${architecture}`);

  const debs = await fetchPackages(apt, packages, options);
  const directories: string[] = [];
  for (const [index, { name }] of packages.entries()) {
    onStep('unpacking packages', index, packages.length);
    const unpacked = path.join(target, name);
    await mkdir(target, { recursive: true });
    await runTool('dpkg-deb', ['-x', debs[index] ?? '', unpacked], { signal });
    directories.push(unpacked);
  }
  return { packages, directories };
}

async function updateIndex(apt: Apt, { suite, architecture, onStep }: PackageOptions) {
  const step = `reading the index of Debian ${suite} ${architecture}`;
  onStep(step);
  await apt.update((percent) => {
    onStep(step, percent, 100);
  });
}

/** The .debs, downloaded where the cache lacks them. It is keyed by hash: what is there has been verified. */
async function fetchPackages(
  apt: Apt,
  packages: readonly ArchivePackage[],
  { cacheDirectory, onStep }: PackageOptions,
): Promise<string[]> {
  const store = path.join(cacheDirectory, 'debs');
  const cached = ({ sha256 }: ArchivePackage) => path.join(store, `${sha256}.deb`);
  const missing: ArchivePackage[] = [];
  for (const wanted of packages)
    if ((await stat(cached(wanted)).catch(() => null))?.size !== wanted.size) missing.push(wanted);
  if (missing.length === 0) return packages.map(cached);

  const total = missing.reduce((sum, { size }) => sum + size, 0);
  const progress = (percent: number) => {
    onStep('downloading packages', Math.round((percent / 100) * total), total);
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
