import type { Catalog } from '../image/catalog.ts';
import type {
  CandidateKernelRecipe,
  KernelSource,
  MiniDiskRecipe,
  Recipe,
} from '../image/recipe.ts';
import { kexecTools } from '../image/package-selection.ts';
import type { Candidate } from './candidate.ts';

/** The recipe that a candidate's kernel takes the place of, and that of its initramfs. */
export const distroKernel = 'distro-kernel';
export const distroInitrd = 'distro-initrd';

/** The recipe of the kernel that every server starts with. */
export const providerKernel = 'provider-kernel';

/** The modules of a candidate that are kept where it has them: a disk and its file system, on any of the machines. */
const wantedModules = [
  'virtio_pci',
  'virtio_mmio',
  'virtio_blk',
  'ext4',
  // What ext4 asks for by name. It is part of the CRC library from 6.16 on.
  'crc32c_generic',
  'crc32c_cryptoapi',
];

/** The recipe of a candidate's kernel. */
export function kernelRecipe({ kernel }: Candidate): CandidateKernelRecipe {
  return { kind: 'kernel', source: kernel, modules: wantedModules };
}

/**
 * The catalog with a candidate in the place of the distribution's kernel, its initramfs and its kexec-tools. All that is
 * built from them gets another content key; without a candidate the catalog stays what it is.
 */
export function withCandidate(catalog: Catalog, candidate: Candidate | undefined): Catalog {
  if (candidate === undefined) return catalog;
  const { initrd, firstKernel } = candidate;
  return new Map(
    [...catalog].map(([name, recipe]): [string, Recipe] => {
      if (name === distroKernel) return [name, kernelRecipe(candidate)];
      if (name === distroInitrd && initrd !== null)
        return [name, { kind: 'initramfs', file: initrd }];
      if (name === providerKernel && firstKernel !== null)
        return [name, withSource(recipe, firstKernel)];
      return [name, withRoom(withTools(recipe, candidate), candidate)];
    }),
  );
}

function withSource(recipe: Recipe, source: KernelSource): CandidateKernelRecipe {
  return { kind: 'kernel', source, modules: 'modules' in recipe ? recipe.modules : [] };
}

/**
 * Trees whose other programs are static: there, libraries of two suites cannot meet. (dropbear, nbd-client and the
 * others of a whole system keep the kexec of their own suite beside them.)
 */
function withTools(recipe: Recipe, { tools }: Candidate): Recipe {
  return tools !== null && takesTools(recipe) ? { ...recipe, tools } : recipe;
}

/** Whether a candidate's kexec-tools can be put into what this recipe makes. */
export function takesTools(recipe: Recipe): recipe is Extract<Recipe, { kernel: string }> {
  return (
    'packages' in recipe &&
    recipe.kind !== 'system' &&
    recipe.packages.includes(kexecTools) &&
    recipe.packages.every((name) => name === kexecTools || name.endsWith('-static'))
  );
}

function withRoom(recipe: Recipe, { extraMiB }: Candidate): Recipe {
  if (extraMiB === 0 || !isDiskOfKernel(recipe)) return recipe;
  const { esp } = recipe;
  return {
    ...recipe,
    size: recipe.size + 2 * extraMiB,
    ...(esp && { esp: { ...esp, size: esp.size + extraMiB } }),
  };
}

/** Whether a disk has the distribution's kernel on it, in whose place a candidate can be. */
export function isDiskOfKernel(recipe: Recipe | undefined): recipe is MiniDiskRecipe {
  return recipe?.kind === 'disk' && 'kernel' in recipe && recipe.kernel === distroKernel;
}
