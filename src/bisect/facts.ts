/** What is known of a kernel besides its boots: its configuration, and the changelog of its package. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import type { Arch } from '../arch.ts';
import type { Candidate } from '../candidate/candidate.ts';
import { distroKernel, withCandidate } from '../candidate/candidate.ts';
import { cacheDirectory } from '../host/directories.ts';
import { execaOptions } from '../host/processes.ts';
import { ensureEntries } from '../image/ensure-images.ts';
import { planEntries } from '../image/recipes/plan.ts';
import { configName, ownRecipes } from '../image/recipes/recipe.ts';

export type KernelFacts = {
  /** The text of its configuration; null if it is not known. */
  config: string | null;
  /** Null for a kernel that is not from a Debian package. */
  package: { version: string; changelog: string } | null;
};

type Options = { mirror?: string; signal?: AbortSignal };

/**
 * Reads the facts of a kernel. Its image is built if it has not been booted.
 * @throws UnavailableError if that fails
 */
export async function readFacts(
  candidate: Candidate,
  arch: Arch,
  options: Options,
): Promise<KernelFacts> {
  const entries = planEntries([distroKernel], arch, withCandidate(ownRecipes, candidate));
  const manifests = await ensureEntries(entries, options);
  const directory = entries[0]?.directory ?? '';
  const config = await readFile(join(directory, configName), 'utf8').catch(() => null);
  const packages = manifests.get(distroKernel)?.packages ?? [];
  const kernel = packages.find(({ name }) => /^linux-image-\d/.test(name));
  if (kernel === undefined) return { config, package: null };
  const deb = join(cacheDirectory(), 'debs', `${kernel.sha256}.deb`);
  const changelog = await readChangelog(deb, kernel.name, options.signal).catch(() => '');
  return { config, package: { version: kernel.version, changelog } };
}

/** The changelog in a Debian package. Rejects if it has none. */
export async function readChangelog(
  deb: string,
  name: string,
  signal?: AbortSignal,
): Promise<string> {
  // Backports of Debian's kernel have it under the other name that its policy permits.
  const files = ['changelog.Debian.gz', 'changelog.gz'].map(
    (file) => `./usr/share/doc/${name}/${file}`,
  );
  const options = { ...execaOptions(signal), encoding: 'buffer' } as const;
  const { stdout } = await execa('dpkg-deb', ['--fsys-tarfile', deb], options).pipe(
    'tar',
    ['--extract', '--to-stdout', ...files],
    // tar fails because one of the two is missing.
    { ...options, reject: false },
  );
  return gunzipSync(stdout).toString('utf8');
}
