import { z } from 'zod';
import { arches } from '../scenario/scenario.ts';

const name = z.string().regex(/^[a-z][a-z0-9-]*$/);
const absolutePath = z.string().startsWith('/');

/** What goes into a file tree: an initramfs or a root file system. */
const tree = {
  /** Debian suite the packages come from. */
  suite: name,
  /** Recipe of the kernel whose modules go in. */
  kernel: name,
  packages: z.array(z.string()),
  /** Path in the unpacked packages -> path in the tree. Shared libraries a program needs come along. */
  files: z.record(absolutePath, absolutePath),
  /** Target as the link says it -> paths of the links. */
  links: z.record(z.string(), z.array(absolutePath)).default({}),
  /** Directories beside the recipe, copied over the tree in order. `*.dts` are compiled to `*.dtb`. */
  overlays: z.array(name).default([]),
};

const kernelRecipe = z.strictObject({
  kind: z.literal('kernel'),
  suite: name,
  /** A package whose dependencies lead to the newest kernel. */
  package: z.record(z.enum(arches), z.string()),
  /** Modules kept for the trees that name this recipe; those built into the kernel are passed over. */
  modules: z.array(z.string()),
});

const initramfsRecipe = z.strictObject({ kind: z.literal('initramfs'), ...tree });

const diskRecipe = z.strictObject({
  kind: z.literal('disk'),
  ...tree,
  /** Recipe of the initramfs that becomes /initrd.img. */
  initrd: name,
  /** Size of the disk in MiB. */
  size: z.int().min(16).max(4096),
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

/** One file of images/, validated. */
export const recipeSchema = z.discriminatedUnion('kind', [
  kernelRecipe,
  initramfsRecipe,
  diskRecipe,
]);

export type Recipe = z.infer<typeof recipeSchema>;
export type KernelRecipe = z.infer<typeof kernelRecipe>;
export type InitramfsRecipe = z.infer<typeof initramfsRecipe>;
export type DiskRecipe = z.infer<typeof diskRecipe>;
export type TreeRecipe = InitramfsRecipe | DiskRecipe;

/** The recipes whose results this one is built from. */
export function inputsOf(recipe: Recipe): string[] {
  if (recipe.kind === 'kernel') return [];
  return recipe.kind === 'disk' ? [recipe.kernel, recipe.initrd] : [recipe.kernel];
}

/** The file of a finished entry that QEMU is given. */
export const outputNames = {
  kernel: 'vmlinuz',
  initramfs: 'initramfs.cpio',
  disk: 'disk.img',
} as const satisfies Record<Recipe['kind'], string>;
