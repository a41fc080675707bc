import type { Arch } from '../../arch.ts';
import { architectures } from '../../arch.ts';
import { SuiteUnusableError } from '../../debian/apt.ts';
import type { ArchivePackage, Follow } from '../../debian/mirror.ts';
import { kernelParts, packageClosure, sharedLibraries } from '../../debian/mirror.ts';
import type { Choice, PackageSelection, SuiteIndex } from '../../debian/packages.ts';
import type { KernelSource, Recipe, SystemRecipe, TreeRecipe } from './recipe.ts';
import { kexecTools } from './recipe.ts';

/** The packages that a recipe takes from the archive, as selections; none if its content comes from its inputs. */
export function selectPackages(recipe: Recipe, arch: Arch): PackageSelection[] {
  if ('system' in recipe) return [];
  switch (recipe.kind) {
    case 'kernel':
      if ('sources' in recipe) return [kernelSelection(recipe.sources, arch)];
      return 'suite' in recipe.source ? [kernelSelection([recipe.source], arch)] : [];
    case 'initramfs':
    case 'disk':
      return 'file' in recipe ? [] : treeSelections(recipe, arch);
    case 'system':
      if (!('base' in recipe)) return [systemSelection(recipe, arch)];
      return 'suite' in recipe.source ? [kernelSelection([recipe.source], arch)] : [];
  }
}

/** A kernel and its modules, in order of preference of the suites. */
export function kernelSelection(
  sources: readonly Extract<KernelSource, { suite: string }>[],
  arch: Arch,
): PackageSelection {
  return sources.map(({ suite, package: names }) => {
    const name = names[arch];
    if (name === undefined) throw new Error(`no package is named for ${arch}`);
    return closure([name], kernelParts, suite, arch);
  });
}

/** kexec-tools without the libraries it depends on. */
export function toolsSelection(suites: readonly string[], arch: Arch): PackageSelection {
  return suites.map((suite) => closure([kexecTools], () => false, suite, arch));
}

/** The selections of a tree. If several contain the same file, the first one's is used. */
export function treeSelections(
  recipe: Pick<TreeRecipe, 'packages' | 'suites' | 'tools'>,
  arch: Arch,
): PackageSelection[] {
  const { packages, suites, tools } = recipe;
  const select = (names: string[], from: readonly string[]) =>
    from.map((suite) => closure(names, sharedLibraries, suite, arch));
  if (tools === undefined || !('suite' in tools)) return [select(packages, suites)];
  const others = packages.filter((name) => name !== kexecTools);
  return [select([kexecTools], [tools.suite]), select(others, suites)];
}

/** What mmdebstrap's variant `minbase` always installs, as apt-patterns(7). */
const base = ['?essential', '?priority(required)'];

/** All packages of an installed system. */
export function systemSelection(recipe: SystemRecipe, arch: Arch): PackageSelection {
  const wanted = [...base, ...systemPackages(recipe, arch)];
  const find = async (index: SuiteIndex) => index.show(await index.resolve(wanted));
  return recipe.suites.map((suite) => ({ suite, find }));
}

/** The packages that a system has in addition to its base. */
export function systemPackages(recipe: SystemRecipe, arch: Arch): string[] {
  return [...recipe.packages, recipe.kernel[arch]];
}

function closure(names: readonly string[], follow: Follow, suite: string, arch: Arch): Choice {
  const find = async (index: SuiteIndex): Promise<ArchivePackage[]> => {
    const packages = await packageClosure(names, (batch) => index.show(batch), follow);
    const missing = names.filter((name) => !packages.some((found) => found.name === name));
    if (missing.length === 0) return packages;
    throw new SuiteUnusableError(
      `Debian ${suite} has no ${missing.join(', ')} for ${architectures[arch].debian}`,
    );
  };
  return { suite, find };
}
