import path from 'node:path';
import * as z from 'zod';
import type { Arch } from '../../arch.ts';
import { arches } from '../../arch.ts';
import { ScenarioError } from '../../errors.ts';
import { ownDirectory } from '../../host/directories.ts';
import type { ImageReference } from '../../scenario/scenario.ts';
import type { Named } from '../../yaml/yaml-directory.ts';
import { YamlDirectory } from '../../yaml/yaml-directory.ts';
import { diskLayoutSchema, isMadeInGuest } from './disk-layout.ts';

const name = z.string().regex(/^[a-z][a-z0-9-]*$/);
const absolutePath = z.string().startsWith('/');

/** Debian suites to take packages from, in order of preference: the first that the mirror has is used. */
const suites = z.array(name).min(1);

/** The content of a file tree: an initramfs or a root file system. */
const tree = {
  suites,
  /** The recipe of the kernel whose modules are added. */
  kernel: name,
  packages: z.array(z.string()),
  /** Path in the unpacked packages -> path in the tree. The shared libraries of programs are added too. */
  files: z.record(absolutePath, absolutePath),
  /** Target of symbolic links -> paths of the links. */
  links: z.record(z.string(), z.array(absolutePath)).default({}),
  /** Directories next to the recipe, copied into the tree in order. Scripts become executable. */
  overlays: z.array(name).default([]),
};

const kernelRecipe = z.strictObject({
  kind: z.literal('kernel'),
  /**
   * Where the kernel comes from, in order of preference: a suite, and a package whose dependencies lead to the newest
   * kernel there. The first and the second kernel must have different releases: `uname -r` tells them apart.
   */
  sources: z
    .array(z.strictObject({ suite: name, package: z.record(z.enum(arches), z.string()) }))
    .min(1),
  /** Modules for the trees that name this recipe. Modules that are built into the kernel are skipped. */
  modules: z.array(z.string()),
});

const initramfsRecipe = z.strictObject({ kind: z.literal('initramfs'), ...tree });

/** Size of a whole disk in MiB. */
const size = z.int().min(16).max(65_536);

/** A small disk with selected files. */
const miniDiskRecipe = z.strictObject({
  kind: z.literal('disk'),
  ...tree,
  /** The recipe of the initramfs that becomes /initrd.img. */
  initrd: name,
  size,
  /** Adds a truncated copy of the kernel, as an interrupted update leaves it: its path, and its share of the kernel. */
  truncatedKernel: z
    .strictObject({ path: absolutePath, percent: z.int().min(1).max(99) })
    .optional(),
  /** Adds an EFI system partition, from which firmware starts the kernel and initrd with this command line. */
  esp: z
    .strictObject({
      /** MiB, in addition to the disk's size. */
      size: z.int().min(8).max(512),
      /** The path of systemd-boot in the unpacked packages. */
      loader: z.record(z.enum(arches), absolutePath),
      cmdline: z.string(),
    })
    .optional(),
});

/** A complete Debian system, installed by its own tools: the named packages, essential packages and dependencies. */
const systemRecipe = z.strictObject({
  kind: z.literal('system'),
  suites,
  /** The kernel package. */
  kernel: z.record(z.enum(arches), z.string()),
  packages: z.array(z.string()),
  /** systemd units to mask. */
  masks: z.array(z.string()).default([]),
  overlays: tree.overlays,
});

/** A system like another one: its keys, with other suites, and more packages and overlays. */
const extendedSystemRecipe = z.strictObject({
  kind: z.literal('system'),
  /** The recipe of the other system. */
  extends: name,
  suites: suites.optional(),
  packages: z.array(z.string()).default([]),
  overlays: tree.overlays,
});

/** A disk with an installed system, to which overlays and links are added. */
const systemDiskRecipe = z.strictObject({
  kind: z.literal('disk'),
  /** The recipe of the system. */
  system: z.union([name, z.string().endsWith('.yaml')]),
  /** A tar archive with the files of the disk, in place of those of the system. */
  root: z
    .strictObject({
      file: absolutePath,
      sha256: z.string().regex(/^[\da-f]{64}$/),
      compression: z.enum(['none', 'gzip', 'xz', 'zstd', 'bzip2']),
    })
    .optional(),
  size,
  /** Default: a GPT with one ext4 partition named `root`. */
  partitions: diskLayoutSchema.optional(),
  /** Run in order by root of the finished system, in a virtual machine with its disk. */
  commands: z.array(z.string().min(1)).optional(),
  links: tree.links,
  overlays: tree.overlays,
  /** An overlay with kernels, their initrds and modules, in place of the system's kernel. A candidate replaces it. */
  kernels: z
    .strictObject({
      directory: z.string().min(1),
      /** `uname -r` of the kernel that the system boots. */
      release: z.string().min(1),
      /** The paths of that kernel and its initrd in the overlay. */
      kernel: z.string().min(1),
      initrd: z.string().min(1),
      /** Commands for `commands` that tell the boot loader of the candidate that replaces it. */
      update: z.array(z.string().min(1)).optional(),
    })
    .optional(),
});

const otherRecipes = z.discriminatedUnion('kind', [
  kernelRecipe,
  initramfsRecipe,
  systemRecipe,
  miniDiskRecipe,
]);

type ExtendedSystemRecipe = z.infer<typeof extendedSystemRecipe>;
type FileRecipe = z.infer<typeof otherRecipes | typeof systemDiskRecipe> | ExtendedSystemRecipe;

const special = z
  .looseObject({ kind: z.unknown(), system: z.unknown(), extends: z.unknown() })
  .partial();

/**
 * The schema for a recipe file. A disk recipe with `system` is a system disk, any other a mini disk; a system recipe with
 * `extends` is like another one.
 */
export function recipeSchema(value: unknown): z.ZodType<FileRecipe> {
  const { kind, system, extends: other } = special.safeParse(value).data ?? {};
  if (kind === 'disk' && system !== undefined) return systemDiskRecipe;
  return kind === 'system' && other !== undefined ? extendedSystemRecipe : otherRecipes;
}

/** Where a kernel under test comes from. Files that are not from Debian's archive are in the cache, by their SHA-256. */
export type KernelSource =
  | { suite: string; package: Partial<Record<Arch, string>> }
  | { debs: string[] }
  /** A directory with `boot/vmlinuz…` and optionally `boot/config…` and `lib/modules`. */
  | { snapshot: string };

/** Where the kexec-tools under test come from: a suite, a .deb in the cache, or a single program. */
export type ToolsSource = { suite: string } | { deb: string } | { program: string };

/**
 * A kernel that the user supplied. Its image contains the kernel's configuration if that is known, and those of the
 * wanted modules that the kernel has: preflight reports what is missing.
 */
export type CandidateKernelRecipe = { kind: 'kernel'; source: KernelSource; modules: string[] };

/** An initramfs that the user supplied, used unchanged; `file` is its SHA-256 in the cache. */
export type CandidateInitramfsRecipe = { kind: 'initramfs'; file: string };

/**
 * A finished system with a kernel that the user supplied instead of its own. The system makes the initrd, for which the
 * settings in the overlays count.
 */
export type CandidateSystemRecipe = {
  kind: 'system';
  /** The recipe of the finished system. */
  base: string;
  source: KernelSource;
  /** Absolute paths. */
  overlays: string[];
};

export type KernelRecipe = z.infer<typeof kernelRecipe>;
export type InitramfsRecipe = z.infer<typeof initramfsRecipe> & WithTools;
export type SystemRecipe = z.infer<typeof systemRecipe>;
export type MiniDiskRecipe = z.infer<typeof miniDiskRecipe> & WithTools;
export type SystemDiskRecipe = z.infer<typeof systemDiskRecipe> & WithFiller;
export type TreeRecipe = InitramfsRecipe | MiniDiskRecipe;

/**
 * Set by candidates only: the system whose kernel fills the disk, if a virtual machine does that. A kernel under test may not
 * even boot.
 */
type WithFiller = { filler?: string };

/** Set by candidates only, never by a file in images/: kexec-tools to use instead of the suite's. */
type WithTools = { tools?: ToolsSource };

/** A validated file of images/, or a user's own. */
export type OwnRecipe =
  KernelRecipe | InitramfsRecipe | SystemRecipe | MiniDiskRecipe | SystemDiskRecipe;

/** A recipe, or what a candidate replaces it with (src/candidate). */
export type Recipe =
  OwnRecipe | CandidateKernelRecipe | CandidateSystemRecipe | CandidateInitramfsRecipe;

/** The names of the recipes that this one is built from. */
export function inputsOf(recipe: Recipe): string[] {
  switch (recipe.kind) {
    case 'kernel':
      return [];
    case 'system':
      return 'base' in recipe ? [recipe.base] : [];
    case 'initramfs':
      return 'kernel' in recipe ? [recipe.kernel] : [];
    case 'disk':
      if (!('system' in recipe)) return [recipe.kernel, recipe.initrd];
      if (!usesSystem(recipe)) return [];
      if (!isMadeInGuest(recipe)) return [recipe.system];
      return [...new Set([recipe.system, fillerOf(recipe)])];
  }
}

/** The system whose kernel fills a disk that is made in a virtual machine. It is never the kernel under test. */
export function fillerOf({ system, filler }: SystemDiskRecipe): string {
  return filler ?? system;
}

/** Whether anything of a disk's system is on the disk, or makes it. */
export function usesSystem(recipe: SystemDiskRecipe): boolean {
  return (
    recipe.root === undefined ||
    recipe.kernels?.directory === systemKernels ||
    isMadeInGuest(recipe)
  );
}

/** The main file of a finished entry: the file that QEMU is given, or that a disk is built from. */
export const outputNames = {
  kernel: 'vmlinuz',
  initramfs: 'initramfs.cpio',
  system: 'rootfs.tar',
  disk: 'disk.img',
} as const satisfies Record<Recipe['kind'], string>;

/** The other files of a system's image: its kernel, and the initrd that its own initramfs-tools made. */
export const systemFiles = { kernel: 'vmlinuz', initramfs: 'initrd.img', disk: null } as const;

/** Stands for the directory of a disk's kernels where they are those of its system. Set by candidates only. */
export const systemKernels = 'system:';

/** The file in a candidate's image with the kernel's configuration, if that is known. */
export const configName = 'config';

/** The package that contains the program `kexec`. */
export const kexecTools = 'kexec-tools';

/** The directory with the recipes and their overlays. */
export const recipesDirectory = path.join(ownDirectory, 'images');

/** Recipes by name. */
export type Catalog = Named<Recipe>;

const recipes = new YamlDirectory<FileRecipe>(recipesDirectory, recipeSchema);

/** The recipe of a file, without `extends`. */
function whole(recipe: FileRecipe): OwnRecipe {
  if (!('extends' in recipe)) return recipe;
  const base = findRecipe(ownRecipes, recipe.extends, 'system');
  return {
    ...base,
    suites: recipe.suites ?? base.suites,
    packages: [...base.packages, ...recipe.packages],
    overlays: [...base.overlays, ...recipe.overlays],
  };
}

/** The recipes of this installation. An absolute path stands for a user's recipe, whose overlays are next to it. */
export const ownRecipes: Named<OwnRecipe> = {
  keys: () => recipes.keys(),
  has: (name) => recipes.has(name),
  get: (name) => {
    const recipe = recipes.get(name);
    if (recipe === undefined) return undefined;
    if (!path.isAbsolute(name) || !('overlays' in recipe)) return whole(recipe);
    const beside = (file: string) => path.resolve(path.dirname(name), file);
    const overlays = recipe.overlays.map(beside);
    if (!('system' in recipe)) return whole({ ...recipe, overlays });
    const { kernels, system } = recipe;
    return {
      ...recipe,
      overlays,
      system: system.endsWith('.yaml') ? beside(system) : system,
      ...(kernels !== undefined && {
        kernels: { ...kernels, directory: beside(kernels.directory) },
      }),
    };
  },
  *[Symbol.iterator]() {
    for (const [name, recipe] of recipes) yield [name, whole(recipe)] as [string, OwnRecipe];
  },
};

/** Whether a disk has a complete system on it. A user's own disk is taken for one. */
export function isWholeSystem(catalog: Catalog, disk: ImageReference | null): boolean {
  if (disk === null) return false;
  if (typeof disk === 'object') return true;
  const recipe = catalog.get(disk);
  return recipe !== undefined && 'system' in recipe;
}

/** The recipe of that name and kind. Throws ScenarioError with a list of the existing ones. */
export function findRecipe<R extends Recipe, K extends R['kind']>(
  catalog: Named<R>,
  name: string,
  kind: K,
): Extract<R, { kind: K }> {
  const recipe = catalog.get(name);
  if (recipe?.kind === kind) return recipe as Extract<R, { kind: K }>;
  throw new ScenarioError(`no image recipe \`${name}\` of kind ${kind}`, {
    hint: `Choose one of: ${namesOfKind(catalog, kind).join(', ')}.`,
  });
}

/** The names of all recipes of a kind. */
function namesOfKind(catalog: Catalog, kind: Recipe['kind']): string[] {
  return [...catalog].filter(([, recipe]) => recipe.kind === kind).map(([name]) => name);
}

/** What a machine is started with. */
export type BootPart = 'kernel' | 'initramfs' | 'disk';

/**
 * The file of a recipe's image that serves as this part; null if there is none. A machine can also be started with the kernel
 * and the initrd of a system, or of a disk of which its recipe says where they are.
 */
export function bootFile(recipe: Recipe, part: BootPart): string | null {
  if (recipe.kind === part) return outputNames[part];
  return (hasBootFiles(recipe) && systemFiles[part]) || null;
}

/** Whether an image has a kernel and an initrd as files of their own. */
export function hasBootFiles(recipe: Recipe): boolean {
  return recipe.kind === 'system' || ('kernels' in recipe && recipe.kernels !== undefined);
}

/** The names of all recipes that serve as this part. */
export function namesOfPart(catalog: Catalog, part: BootPart): string[] {
  return [...catalog].filter(([, recipe]) => bootFile(recipe, part)).map(([name]) => name);
}
