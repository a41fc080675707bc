import * as z from 'zod';
import type { Arch } from '../../arch.ts';
import { arches } from '../../arch.ts';

const name = z.string().regex(/^[a-z][a-z0-9-]*$/);
const absolutePath = z.string().startsWith('/');

/** Debian's suites to take packages from, in order of preference: the first that the mirror still has is taken. */
const suites = z.array(name).min(1);

/** What goes into a file tree: an initramfs or a root file system. */
const tree = {
  suites,
  /** Recipe of the kernel whose modules go in. */
  kernel: name,
  packages: z.array(z.string()),
  /** Path in the unpacked packages -> path in the tree. Shared libraries a program needs come along. */
  files: z.record(absolutePath, absolutePath),
  /** Target as the link says it -> paths of the links. */
  links: z.record(z.string(), z.array(absolutePath)).default({}),
  /** Directories beside the recipe, copied over the tree in order. Scripts become executable. */
  overlays: z.array(name).default([]),
};

const kernelRecipe = z.strictObject({
  kind: z.literal('kernel'),
  /**
   * Where the kernel comes from, in order of preference, as with suites: each with a package whose dependencies lead to
   * its newest kernel. The first and the second kernel must never be of one release: `uname -r` tells them apart.
   */
  sources: z
    .array(z.strictObject({ suite: name, package: z.record(z.enum(arches), z.string()) }))
    .min(1),
  /** Modules kept for the trees that name this recipe; those built into the kernel are passed over. */
  modules: z.array(z.string()),
});

const initramfsRecipe = z.strictObject({ kind: z.literal('initramfs'), ...tree });

/** Size of a whole disk in MiB. */
const size = z.int().min(16).max(4096);

/** A disk of single files, small and quick. */
const miniDiskRecipe = z.strictObject({
  kind: z.literal('disk'),
  ...tree,
  /** Recipe of the initramfs that becomes /initrd.img. */
  initrd: name,
  size,
  /** Where the beginning of the kernel is put besides, and how much of it, as after an update cut short. */
  truncatedKernel: z
    .strictObject({ path: absolutePath, percent: z.int().min(1).max(99) })
    .optional(),
  /** An EFI system partition besides, from which firmware starts kernel and initrd with this command line. */
  esp: z
    .strictObject({
      /** MiB, on top of the disk's size. */
      size: z.int().min(8).max(512),
      /** Path of systemd-boot in the unpacked packages. */
      loader: z.record(z.enum(arches), absolutePath),
      cmdline: z.string(),
    })
    .optional(),
});

/** A whole Debian, installed by its own tools: the packages named, and all that is essential or depended on. */
const systemRecipe = z.strictObject({
  kind: z.literal('system'),
  suites,
  /** The package of the kernel. */
  kernel: z.record(z.enum(arches), z.string()),
  packages: z.array(z.string()),
  /** systemd units that are never to start. */
  masks: z.array(z.string()).default([]),
  overlays: tree.overlays,
});

/** A disk with a system on it, as it is but for the overlays and links. */
const systemDiskRecipe = z.strictObject({
  kind: z.literal('disk'),
  /** Recipe of the system. */
  system: name,
  size,
  links: tree.links,
  overlays: tree.overlays,
});

const otherRecipes = z.discriminatedUnion('kind', [
  kernelRecipe,
  initramfsRecipe,
  systemRecipe,
  miniDiskRecipe,
]);

type FileRecipe = z.infer<typeof otherRecipes | typeof systemDiskRecipe>;

/** The shape of a recipe's file. Of the two sorts of disks, the one that names a system is made of it. */
export function recipeSchema(value: unknown): z.ZodType<FileRecipe> {
  const asked = z.looseObject({ kind: z.literal('disk'), system: z.unknown() }).safeParse(value);
  return asked.success && asked.data.system !== undefined ? systemDiskRecipe : otherRecipes;
}

/** Where a kernel under test comes from. What is not the archive's is kept in the cache, by its SHA-256. */
export type KernelSource =
  | { suite: string; package: Partial<Record<Arch, string>> }
  | { debs: string[] }
  /** A directory with `boot/vmlinuz…`, perhaps `boot/config…` and `lib/modules`. */
  | { snapshot: string };

/** Where the kexec-tools under test come from: a suite, a .deb in the cache, or the program alone. */
export type ToolsSource = { suite: string } | { deb: string } | { program: string };

/**
 * A kernel that somebody brought. Its image keeps the configuration it was built with, where that is known, and does
 * without the modules it does not have: preflight says what that means.
 */
export type CandidateKernelRecipe = { kind: 'kernel'; source: KernelSource; modules: string[] };

/** An initramfs that somebody brought, used as it is; its SHA-256 in the cache. */
export type CandidateInitramfsRecipe = { kind: 'initramfs'; file: string };

export type KernelRecipe = z.infer<typeof kernelRecipe>;
export type InitramfsRecipe = z.infer<typeof initramfsRecipe> & WithTools;
export type SystemRecipe = z.infer<typeof systemRecipe>;
export type MiniDiskRecipe = z.infer<typeof miniDiskRecipe> & WithTools;
export type SystemDiskRecipe = z.infer<typeof systemDiskRecipe>;
export type TreeRecipe = InitramfsRecipe | MiniDiskRecipe;

/** What no file of images/ says, but a candidate: other kexec-tools than the suite's. */
type WithTools = { tools?: ToolsSource };

/** One file of images/, validated, or what a candidate made of it (src/candidate). */
export type Recipe =
  | KernelRecipe
  | InitramfsRecipe
  | SystemRecipe
  | MiniDiskRecipe
  | SystemDiskRecipe
  | CandidateKernelRecipe
  | CandidateInitramfsRecipe;

/** The recipes whose results this one is built from. */
export function inputsOf(recipe: Recipe): string[] {
  switch (recipe.kind) {
    case 'kernel':
    case 'system':
      return [];
    case 'initramfs':
      return 'kernel' in recipe ? [recipe.kernel] : [];
    case 'disk':
      return 'system' in recipe ? [recipe.system] : [recipe.kernel, recipe.initrd];
  }
}

/** The file of a finished entry that its recipe is about: what QEMU is given, or what a disk is made of. */
export const outputNames = {
  kernel: 'vmlinuz',
  initramfs: 'initramfs.cpio',
  system: 'rootfs.tar',
  disk: 'disk.img',
} as const satisfies Record<Recipe['kind'], string>;

/** The file of a candidate's image that holds the kernel's configuration, where that is known. */
export const configName = 'config';

/** The package whose program `kexec` is. */
export const kexecTools = 'kexec-tools';
