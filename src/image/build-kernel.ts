import { copyFile, cp, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { UnavailableError, UsageError } from '../errors.ts';
import type { BuildContext, Built } from './build-context.ts';
import { brought, intactFile, keptFile } from './brought-files.ts';
import { readDebControl } from './deb-control.ts';
import { findKernel, findModulesFile } from './find-kernel.ts';
import { copyModules } from './kernel-modules.ts';
import { releaseOfImage } from './kernel-release.ts';
import { kernelSelection } from './package-selection.ts';
import { unpackPackages } from './packages.ts';
import { outputNames, type CandidateKernelRecipe, type KernelRecipe } from './recipe.ts';
import { sweepTree } from './sweep-tree.ts';
import { unpackBrought } from './unpack-brought.ts';

/** Takes a Debian kernel and the modules the recipe names: `vmlinuz` and `lib/modules/<release>/…`. */
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

/** The file of a candidate's image that holds the kernel's configuration, where that is known. */
export const configName = 'config';

/**
 * Takes a kernel under test, with its configuration; of the modules named those it has. A candidate whose modules are
 * not there (or not known) is built all the same: its initramfs comes with it, or preflight says what is missing.
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
    throw new UsageError('there is no kernel in what was brought', {
      hint: 'It must be a file of the package, or a link that stays in it.',
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

async function unpackCandidate(
  { source }: CandidateKernelRecipe,
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
    await unpackBrought(deb, directory, signal);
    packages.push({ ...(await readDebControl(deb)), suite: brought, sha256 });
    directories.push(directory);
  }
  return { packages, directories };
}

async function kernelIn(directories: string[]) {
  const found = await findKernel(directories);
  if (found !== null) return found;
  throw new UnavailableError(`no kernel in ${directories.map((d) => path.basename(d)).join(', ')}`);
}
