import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileExists } from './file-exists.ts';

/** What an unpacked kernel consists of; null for what is not there. */
export type FoundKernel = {
  file: string;
  /** From the file's name or its directory's. */
  release: string | null;
  /** What it was configured with (`/boot/config-…`). */
  config: string | null;
  /** Its `lib/modules/<release>`. */
  modules: string | null;
};

/**
 * Finds a kernel in directories that hold unpacked packages, or the files of one. Debian kept `vmlinuz` and `config`
 * in /boot until 7.x, which has them among the modules.
 */
export async function findKernel(directories: readonly string[]): Promise<FoundKernel | null> {
  const image = await findImage(directories);
  if (image === null) return null;
  const { release } = image;
  if (release === null)
    return { ...image, config: await findConfig(directories, ''), modules: null };
  const config = await findConfig(directories, release);
  return { ...image, config, modules: await findModules(directories, release) };
}

async function findImage(directories: readonly string[]) {
  for (const directory of directories) {
    const boot = path.join(directory, 'boot');
    for (const name of (await readdir(boot).catch(() => [])).sort().reverse())
      if (name.startsWith('vmlinuz'))
        return { file: path.join(boot, name), release: name.slice('vmlinuz-'.length) || null };
    for (const modules of placesOfModules(directory))
      for (const release of await readdir(modules).catch(() => [])) {
        const file = path.join(modules, release, 'vmlinuz');
        if (await fileExists(file)) return { file, release };
      }
  }
  return null;
}

async function findConfig(directories: readonly string[], release: string): Promise<string | null> {
  const named = release === '' ? 'config' : `config-${release}`;
  const candidates = directories.flatMap((directory) => [
    path.join(directory, 'boot', named),
    ...placesOfModules(directory).map((modules) => path.join(modules, release, 'config')),
  ]);
  for (const candidate of candidates) if (await fileExists(candidate)) return candidate;
  return null;
}

/** The directory with the modules proper. The files beside them may come from another package. */
async function findModules(
  directories: readonly string[],
  release: string,
): Promise<string | null> {
  for (const directory of directories)
    for (const modules of placesOfModules(directory)) {
      const found = path.join(modules, release);
      if (await fileExists(path.join(found, 'kernel'))) return found;
    }
  return null;
}

function placesOfModules(directory: string): string[] {
  return ['lib', 'usr/lib'].map((lib) => path.join(directory, lib, 'modules'));
}

/** A file beside the modules (`modules.builtin`), in whichever package it came. */
export async function findModulesFile(
  directories: readonly string[],
  release: string,
  name: string,
): Promise<string | null> {
  for (const directory of directories)
    for (const modules of placesOfModules(directory)) {
      const found = path.join(modules, release, name);
      if (await fileExists(found)) return found;
    }
  return null;
}
