import { UnavailableError } from '../errors.ts';
import type { Arch } from '../scenario/scenario.ts';
import type { Apt } from './apt.ts';
import { debianArchitectures } from './debian-architectures.ts';
import { kernelParts, packageClosure, sharedLibraries } from './package-closure.ts';
import type { ArchivePackage, Follow } from './package-closure.ts';
import type { KernelRecipe, Recipe, SystemRecipe, TreeRecipe } from './recipe.ts';

type Index = Pick<Apt, 'show' | 'resolve'>;

/** The packages that go into an image directly, not through its inputs. */
export type PackageSelection = {
  suite: string;
  /** Finds them in the suite's index. Throws UnavailableError when it does not have them. */
  find: (index: Index) => Promise<ArchivePackage[]>;
};

/** Which packages a recipe takes; null where all it has comes from its inputs. */
export function selectPackages(recipe: Recipe, arch: Arch): PackageSelection | null {
  if ('system' in recipe) return null;
  switch (recipe.kind) {
    case 'kernel':
      return kernelSelection(recipe, arch);
    case 'initramfs':
    case 'disk':
      return treeSelection(recipe, arch);
    case 'system':
      return systemSelection(recipe, arch);
  }
}

export function kernelSelection(recipe: KernelRecipe, arch: Arch): PackageSelection {
  return closureSelection([recipe.package[arch]], kernelParts, recipe, arch);
}

export function treeSelection(recipe: TreeRecipe, arch: Arch): PackageSelection {
  return closureSelection(recipe.packages, sharedLibraries, recipe, arch);
}

/** What mmdebstrap's variant `minbase` installs besides what it is told to, as apt-patterns(7). */
const base = ['?essential', '?priority(required)'];

export function systemSelection(recipe: SystemRecipe, arch: Arch): PackageSelection {
  const wanted = [...base, ...systemPackages(recipe, arch)];
  return { suite: recipe.suite, find: async (index) => index.show(await index.resolve(wanted)) };
}

/** What a system is asked to have over its base. */
export function systemPackages(recipe: SystemRecipe, arch: Arch): string[] {
  return [...recipe.packages, recipe.kernel[arch]];
}

function closureSelection(
  names: readonly string[],
  follow: Follow,
  { suite }: { suite: string },
  arch: Arch,
): PackageSelection {
  const find = async (index: Index): Promise<ArchivePackage[]> => {
    const packages = await packageClosure(names, (batch) => index.show(batch), follow);
    const missing = names.filter((name) => !packages.some((found) => found.name === name));
    if (missing.length === 0) return packages;
    throw new UnavailableError(
      `Debian ${suite} has no ${missing.join(', ')} for ${debianArchitectures[arch]}`,
    );
  };
  return { suite, find };
}
