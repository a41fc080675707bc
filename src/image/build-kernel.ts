import { cp, readdir } from 'node:fs/promises';
import path from 'node:path';
import { UnavailableError } from '../errors.ts';
import type { BuildContext, Built } from './build-context.ts';
import { fileExists } from './file-exists.ts';
import { copyModules } from './kernel-modules.ts';
import { kernelSelection } from './package-selection.ts';
import { unpackPackages } from './packages.ts';
import { outputNames, type KernelRecipe } from './recipe.ts';

/** Takes a Debian kernel and the modules the recipe names: `vmlinuz` and `lib/modules/<release>/…`. */
export async function buildKernel(recipe: KernelRecipe, context: BuildContext): Promise<Built> {
  const { arch, scratch, output, packageOptions, onStep, signal } = context;
  const { suite } = recipe;
  const selection = kernelSelection(recipe, arch);
  const { packages, directories } = await unpackPackages(selection, scratch, packageOptions);
  onStep('collecting modules');
  const { file, release } = await findKernel(directories);
  await cp(file, path.join(output, outputNames.kernel));
  const modules = await findModules(directories, release);
  await copyModules(modules, output, recipe.modules, signal);
  return { packages: packages.map((found) => ({ ...found, suite })), release };
}

async function findKernel(directories: string[]): Promise<{ file: string; release: string }> {
  for (const directory of directories) {
    const boot = path.join(directory, 'boot');
    const name = (await readdir(boot).catch(() => [])).find((file) => file.startsWith('vmlinuz-'));
    if (name !== undefined) return { file: path.join(boot, name), release: name.slice(8) };
  }
  throw new UnavailableError(`no kernel in ${directories.map((d) => path.basename(d)).join(', ')}`);
}

async function findModules(directories: string[], release: string): Promise<string> {
  const candidates = directories.flatMap((directory) =>
    ['lib', 'usr/lib'].map((lib) => path.join(directory, lib, 'modules', release)),
  );
  for (const candidate of candidates)
    if (await fileExists(path.join(candidate, 'kernel'))) return candidate;
  throw new UnavailableError(`no modules for kernel ${release}`);
}
