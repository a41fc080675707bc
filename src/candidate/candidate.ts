import type { Arch } from '../arch.ts';
import { UsageError } from '../errors.ts';
import type { Catalog } from '../image/recipes/catalog.ts';
import type {
  CandidateKernelRecipe,
  KernelSource,
  MiniDiskRecipe,
  Recipe,
  ToolsSource,
} from '../image/recipes/recipe.ts';
import { kexecTools } from '../image/recipes/recipe.ts';
import type { CandidateLabel } from '../model/preflight.ts';
import type { Case } from '../scenario/scenario.ts';

/**
 * A kernel that somebody is about to roll out, and what comes with it. Local files and downloads are in the cache, where
 * their SHA-256 finds them: two candidates with the same value are the same.
 */
export type Candidate = {
  kernel: KernelSource;
  /** SHA-256 of the initramfs that came with it; null: the lab makes one. */
  initrd: string | null;
  /** Null: those of the distribution. */
  tools: ToolsSource | null;
  /** The kernel the machine starts with and that has to kexec into it. Null: the lab's usual provider's. */
  firstKernel: KernelSource | null;
  /** What it can be run on. */
  arches: Arch[];
  /** MiB its files take beyond what a distribution's kernel and initramfs take. */
  extraMiB: number;
  label: CandidateLabel;
};
/** The recipe that a candidate's kernel takes the place of, and that of its initramfs. */
export const distroKernel = 'distro-kernel';
const distroInitrd = 'distro-initrd';

/** The recipe of the kernel that every server starts with. */
const providerKernel = 'provider-kernel';

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
function takesTools(recipe: Recipe): recipe is Extract<Recipe, { kernel: string }> {
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

/**
 * The cases that boot a candidate, and the names of the scenarios that do not: their disk has a whole Debian on it, or no
 * kernel of the distribution's, or their kexec cannot be replaced where the candidate brings one.
 */
export function selectCases(
  cases: readonly Case[],
  candidate: Candidate,
  catalog: Catalog,
): { cases: Case[]; leftOut: string[] } {
  const ofArch = cases.filter(({ arch }) => candidate.arches.includes(arch));
  const boots = ({ setup }: Case): boolean => {
    const disk = typeof setup.disk === 'string' ? catalog.get(setup.disk) : undefined;
    if (!isDiskOfKernel(disk)) return false;
    return candidate.tools === null || !bringsForeignTools(setup.initramfs, catalog);
  };
  const leftOut = ofArch.filter((case_) => !boots(case_)).map(({ scenario }) => scenario.name);
  return { cases: ofArch.filter(boots), leftOut: [...new Set(leftOut)] };
}

function bringsForeignTools(initramfs: Case['setup']['initramfs'], catalog: Catalog): boolean {
  const recipe = typeof initramfs === 'string' ? catalog.get(initramfs) : undefined;
  if (recipe === undefined || !('packages' in recipe)) return false;
  return recipe.packages.includes(kexecTools) && !takesTools(recipe);
}

/** Throws UsageError when a candidate is for none of the architectures asked for (none named: all are). */
export function checkArches({ arches, label }: Candidate, asked: readonly Arch[]): void {
  const foreign = asked.find((arch) => !arches.includes(arch));
  if (foreign !== undefined)
    throw new UsageError(
      `--arch ${foreign}: ${label.kernel} is a kernel for ${arches.join(', ')}`,
      {
        hint: `Leave --arch out, or name a kernel for ${foreign}.`,
      },
    );
}
