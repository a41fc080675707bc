import { readdir, copyFile, cp, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { readDebControl, sweepTree, unpackUntrusted } from '../../debian/deb-file.ts';
import { unpackPackages } from '../../debian/packages.ts';
import { UnavailableError, UsageError } from '../../errors.ts';
import { releaseOfImage } from '../../formats/kernel.ts';
import { fileExists } from '../../host/files.ts';
import { runTool } from '../../host/processes.ts';
import { kernelSelection } from '../recipes/package-selection.ts';
import {
  configName,
  outputNames,
  type CandidateKernelRecipe,
  type KernelSource,
  type KernelRecipe,
} from '../recipes/recipe.ts';
import { localSuite, intactFile, keptFile } from '../store/kept-files.ts';
import type { BuildContext, Built } from './build-context.ts';
import { copyModules } from './file-tree.ts';

/** Extracts a Debian kernel and the modules that the recipe names: `vmlinuz` and `lib/modules/<release>/…`. */
export async function buildKernel(recipe: KernelRecipe, context: BuildContext): Promise<Built> {
  const { arch, scratch, output, packageOptions, onStep, signal } = context;
  const selection = kernelSelection(recipe.sources, arch);
  const { packages, directories } = await unpackPackages(selection, scratch, packageOptions);
  onStep('collecting modules');
  const { file, release, modules } = await kernelIn(directories);
  if (release === null || modules === null)
    throw new UnavailableError(`no modules for kernel ${release ?? file}`);
  await cp(file, path.join(output, outputNames.kernel));
  await copyModules(modules, output, recipe.modules, signal);
  return { packages, release };
}

/**
 * Extracts a kernel under test, its configuration, and those of the named modules that it has. Missing modules are not an
 * error: the candidate may have its own initramfs, and preflight reports what is missing.
 */
export async function buildCandidateKernel(
  recipe: CandidateKernelRecipe,
  context: BuildContext,
): Promise<Built> {
  const { output, onStep, signal } = context;
  const { packages, directories } = await unpackCandidate(recipe, context);
  onStep('collecting modules');
  const found = await findKernel(directories);
  if (found === null || !(await stat(found.file)).isFile())
    throw new UsageError('no kernel found in the candidate', {
      hint: 'The kernel must be a file in the package, or a link to one.',
    });
  const { file, config, modules, release } = found;
  await copyFile(file, path.join(output, outputNames.kernel));
  if (config !== null) await copyFile(config, path.join(output, configName));
  if (release !== null && modules !== null) {
    const builtIn = await findModulesFile(directories, release, 'modules.builtin');
    const beside = path.join(modules, 'modules.builtin');
    if (builtIn !== null && builtIn !== beside) await copyFile(builtIn, beside);
    await copyModules(modules, output, recipe.modules, signal, { lenient: true });
  }
  return { packages, release: release ?? (await releaseOfImage(file)) };
}

/**
 * Adds a kernel under test to the tree of a system: in /boot, with its configuration and all its modules. Returns its packages.
 * @throws UsageError if there is no kernel, or its release is unknown
 */
export async function layOutKernel(
  source: KernelSource,
  context: BuildContext,
  tree: string,
): Promise<Built['packages']> {
  const scratch = path.join(context.scratch, 'kernel');
  await mkdir(scratch);
  const { packages, directories } = await unpackCandidate({ source }, { ...context, scratch });
  const found = await findKernel(directories);
  const release = found && (found.release ?? (await releaseOfImage(found.file)));
  if (found === null || release === null)
    throw new UsageError('no kernel of a known release found in the candidate', {
      hint: 'Name its package, or a directory with boot/vmlinuz-RELEASE and lib/modules/RELEASE.',
    });
  const boot = path.join(tree, 'boot');
  const modules = path.join(tree, 'usr/lib/modules', release);
  await mkdir(boot, { recursive: true });
  await mkdir(modules, { recursive: true });
  await copyFile(found.file, path.join(boot, `vmlinuz-${release}`));
  if (found.config !== null) await copyFile(found.config, path.join(boot, `config-${release}`));
  if (found.modules !== null)
    await cp(found.modules, modules, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) => !['build', 'source'].includes(path.basename(file)),
    });
  for (const name of ['modules.builtin', 'modules.builtin.modinfo', 'modules.order']) {
    const index = await findModulesFile(directories, release, name);
    if (index !== null && !(await fileExists(path.join(modules, name))))
      await copyFile(index, path.join(modules, name));
  }
  // depmod looks in lib/modules.
  await runTool('depmod', ['--basedir', path.join(tree, 'usr'), release], {
    signal: context.signal,
  });
  return packages;
}

async function unpackCandidate(
  { source }: Pick<CandidateKernelRecipe, 'source'>,
  { arch, scratch, packageOptions, signal }: BuildContext,
): Promise<Pick<Built, 'packages'> & { directories: string[] }> {
  const { cache } = packageOptions;
  if ('suite' in source) {
    return unpackPackages(kernelSelection([source], arch), scratch, packageOptions);
  }
  if ('snapshot' in source) {
    const copy = path.join(scratch, 'snapshot');
    await cp(keptFile(cache, source.snapshot), copy, { recursive: true, verbatimSymlinks: true });
    await sweepTree(copy);
    return { packages: [], directories: [copy] };
  }
  const packages: Built['packages'] = [];
  const directories: string[] = [];
  for (const [index, sha256] of source.debs.entries()) {
    const deb = await intactFile(cache, sha256);
    const directory = path.join(scratch, String(index));
    await mkdir(directory);
    await unpackUntrusted(deb, directory, signal);
    packages.push({ ...(await readDebControl(deb)), suite: localSuite, sha256 });
    directories.push(directory);
  }
  return { packages, directories };
}

async function kernelIn(directories: string[]) {
  const found = await findKernel(directories);
  if (found !== null) return found;
  throw new UnavailableError(`no kernel in ${directories.map((d) => path.basename(d)).join(', ')}`);
}

/** The parts of an unpacked kernel; null for missing ones. */
type FoundKernel = {
  file: string;
  /** From the name of the file or its directory. */
  release: string | null;
  /** The file with its configuration (`/boot/config-…`). */
  config: string | null;
  /** Its `lib/modules/<release>`. */
  modules: string | null;
};

/**
 * Finds a kernel in directories with unpacked packages. Debian has `vmlinuz` and `config` in /boot, and from Linux 7.x on
 * next to the modules.
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

/** The directory with the modules themselves. The index files may be in another package. */
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

/** An index file of the modules (`modules.builtin`), from whichever package contains it. */
async function findModulesFile(
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
