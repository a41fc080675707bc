import type { Arch } from '../arch.ts';
import { UsageError } from '../errors.ts';
import type {
  Catalog,
  CandidateKernelRecipe,
  KernelSource,
  MiniDiskRecipe,
  Recipe,
  SystemDiskRecipe,
  ToolsSource,
} from '../image/recipes/recipe.ts';
import { kexecTools, systemKernels } from '../image/recipes/recipe.ts';
import type { CandidateLabel } from '../model/run.ts';
import type { Case } from '../scenario/scenario.ts';

/**
 * A kernel under test, and what comes with it. Its files are in the cache, by their SHA-256, so candidates with equal values
 * are the same.
 */
export type Candidate = {
  kernel: KernelSource;
  /** SHA-256 of its initramfs; null if the lab builds one. */
  initrd: string | null;
  /** Null for the distribution's kexec-tools. */
  tools: ToolsSource | null;
  /** The kernel that the machine boots first and that kexecs into this one; null for the lab's provider kernel. */
  firstKernel: KernelSource | null;
  /** The architectures that it can be tested on. */
  arches: Arch[];
  /** How much larger its files are than a distribution's kernel and initramfs. MiB. */
  extraMiB: number;
  label: CandidateLabel;
};

/** The recipes that a candidate's kernel and initramfs replace. */
export const distroKernel = 'distro-kernel';
const distroInitrd = 'distro-initrd';

/** The recipe of the kernel that every server boots first. */
export const providerKernel = 'provider-kernel';

/** The modules to keep if a candidate has them: for the disk and its file system, on all machines. */
const wantedModules = [
  'virtio_pci',
  'virtio_mmio',
  'virtio_blk',
  'nvme',
  'xhci_pci',
  'usb_storage',
  'sd_mod',
  'ext4',
  // ext4 loads this by name. From Linux 6.16 on it is part of the CRC library.
  'crc32c_generic',
  'crc32c_cryptoapi',
];

/** The recipe of a candidate's kernel. */
export function kernelRecipe({ kernel }: Candidate): CandidateKernelRecipe {
  return { kind: 'kernel', source: kernel, modules: wantedModules };
}

/** A candidate that another one's first kernel starts. It can be tested where both can. */
export function withFirstKernel(
  candidate: Candidate,
  { firstKernel, arches, label }: Candidate,
): Candidate {
  return {
    ...candidate,
    firstKernel,
    arches: candidate.arches.filter((arch) => arches.includes(arch)),
    label: { ...candidate.label, firstKernel: label.firstKernel },
  };
}

/**
 * The catalog with a candidate in place of the distribution's kernel, initramfs and kexec-tools. This changes the content
 * keys of all images built from them. Without a candidate the catalog is returned unchanged.
 */
export function withCandidate(catalog: Catalog, candidate: Candidate | undefined): Catalog {
  if (candidate === undefined) return catalog;
  const { initrd, firstKernel } = candidate;
  const tested = (name: string, recipe: Recipe): Recipe => {
    if (name === distroKernel) return kernelRecipe(candidate);
    if (name === distroInitrd && initrd !== null) return { kind: 'initramfs', file: initrd };
    if (name === providerKernel && firstKernel !== null) return withSource(recipe, firstKernel);
    if (isServerDisk(recipe)) return withSystem(name, recipe);
    return withRoom(withTools(recipe, candidate), candidate);
  };
  return {
    keys: () => catalog.keys(),
    has: (name) => catalog.has(name),
    // The user's own recipes are not in any list, so they are looked up by name.
    get: (name) => {
      if (name.endsWith(systemSuffix)) return systemOf(name, catalog, candidate);
      const recipe = catalog.get(name);
      return recipe && tested(name, recipe);
    },
    *[Symbol.iterator]() {
      for (const [name, recipe] of catalog) yield [name, tested(name, recipe)];
    },
  };
}

/** A captured server's disk: its recipe has kernels of its own, which a candidate replaces. */
export function isServerDisk(recipe: Recipe | undefined): recipe is ServerDiskRecipe {
  return recipe?.kind === 'disk' && 'kernels' in recipe && recipe.kernels !== undefined;
}

type ServerDiskRecipe = SystemDiskRecipe & Required<Pick<SystemDiskRecipe, 'kernels'>>;

/** The end of the name of the system in which a candidate is installed for a disk. */
const systemSuffix = '/candidate-system.yaml';

/** A server's disk with a candidate: its kernel and initrd are those of a system in which the candidate is installed. */
function withSystem(name: string, recipe: ServerDiskRecipe): SystemDiskRecipe {
  const release = 'candidate';
  return {
    ...recipe,
    system: `${name}${systemSuffix}`,
    filler: recipe.system,
    kernels: { directory: systemKernels, release, kernel: '', initrd: '' },
    ...(recipe.kernels.update && {
      commands: [...(recipe.commands ?? []), ...recipe.kernels.update],
    }),
    links: Object.fromEntries(
      Object.entries(recipe.links).flatMap(([target, links]) => {
        const others = links.filter((link) => !kernelLinks.has(link));
        return others.length > 0 ? [[target, others]] : [];
      }),
    ),
  };
}

/** Links to kernels, which the system has made for the candidate. */
const kernelLinks = new Set(
  ['vmlinuz', 'initrd.img'].flatMap((name) => [`/${name}`, `/${name}.old`, `/boot/${name}`]),
);

/** The system of a server's disk with the candidate's kernel. Its settings count when the initrd is made. */
function systemOf(name: string, catalog: Catalog, { kernel }: Candidate): Recipe | undefined {
  const disk = catalog.get(name.slice(0, -systemSuffix.length));
  if (!isServerDisk(disk)) return undefined;
  const system = catalog.get(disk.system);
  if (system?.kind !== 'system') return undefined;
  return { kind: 'system', base: disk.system, source: kernel, overlays: disk.overlays };
}

function withSource(recipe: Recipe, source: KernelSource): CandidateKernelRecipe {
  return { kind: 'kernel', source, modules: 'modules' in recipe ? recipe.modules : [] };
}

/**
 * Replaces kexec-tools only in trees whose other programs are static, so that libraries of two suites cannot mix. (Trees
 * with dropbear, nbd-client and the like keep the kexec of their own suite.)
 */
function withTools(recipe: Recipe, { tools }: Candidate): Recipe {
  return tools !== null && takesTools(recipe) ? { ...recipe, tools } : recipe;
}

/** Whether a candidate's kexec-tools can be used in this recipe's image. */
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

/** Whether a disk has the distribution's kernel, which a candidate can replace. */
export function isDiskOfKernel(recipe: Recipe | undefined): recipe is MiniDiskRecipe {
  return recipe?.kind === 'disk' && 'kernel' in recipe && recipe.kernel === distroKernel;
}

/**
 * The cases that boot a candidate, and the names of the scenarios that cannot: their disk has a complete Debian system or
 * not the distribution's kernel, or the candidate has kexec-tools and theirs cannot be replaced.
 */
export function selectCases(
  cases: readonly Case[],
  candidate: Candidate,
  catalog: Catalog,
): { cases: Case[]; leftOut: string[] } {
  const ofArch = cases.filter(({ arch }) => candidate.arches.includes(arch));
  const boots = ({ setup }: Case): boolean => {
    const disk = typeof setup.disk === 'string' ? catalog.get(setup.disk) : undefined;
    if (isServerDisk(disk)) return candidate.tools === null && candidate.initrd === null;
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

/** Throws UsageError if a candidate is not for one of the architectures asked for. */
export function checkArches({ arches, label }: Candidate, asked: readonly Arch[]): void {
  const foreign = asked.find((arch) => !arches.includes(arch));
  if (foreign !== undefined)
    throw new UsageError(
      `--arch ${foreign}: ${label.kernel} is a kernel for ${arches.join(', ')}`,
      { hint: `Leave --arch out, or name a kernel for ${foreign}.` },
    );
}
