/** Builds a disk with an installed system. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isMadeInGuest } from '../recipes/disk-layout.ts';
import { diskScript, overlaysOf } from '../recipes/plan.ts';
import type { SystemDiskRecipe } from '../recipes/recipe.ts';
import {
  fillerOf,
  outputNames,
  recipesDirectory,
  systemFiles,
  systemKernels,
  usesSystem,
} from '../recipes/recipe.ts';
import type { BuildContext, Built } from './build-context.ts';
import type { DiskContent } from './disk-content.ts';
import { contentOf } from './disk-content.ts';
import { addLinks, addOverlay, archiveTree, settleModes } from './file-tree.ts';
import { addGuestFiles, fillInGuest } from './guest-disk.ts';
import { runInNamespace } from './in-namespace.ts';
import { namespaceFacts, planNamespace } from './namespace.ts';
import { layoutText, partitionSystemDisk } from './system-partitions.ts';

/** Builds the disk. Every file keeps the owner, mode and attributes from the installation. */
export async function buildSystemDisk(
  recipe: SystemDiskRecipe,
  context: BuildContext,
): Promise<Built> {
  const { scratch, output, onStep, signal } = context;
  const { directory, manifest } = usesSystem(recipe)
    ? context.input(recipe.system)
    : { directory: '', manifest: { release: null } };
  onStep('writing the disk');
  const overlay = path.join(scratch, 'overlay');
  await mkdir(overlay);
  for (const name of overlaysOf(recipe))
    await addOverlay(overlay, path.resolve(recipesDirectory, name));
  await addLinks(overlay, recipe.links);
  const disk = path.join(output, outputNames.disk);
  const system = await contentOf(recipe, directory, overlay);
  if (isMadeInGuest(recipe)) {
    const content = path.join(scratch, 'content.img');
    await writeSystem(content, { system, overlay, recipe: { size: recipe.size } }, context);
    await partitionSystemDisk(disk, recipe, signal);
    await fillFromGuest({ content, disk }, recipe, context);
  } else {
    await writeSystem(disk, { system, overlay, recipe }, context);
  }
  await takeKernel(recipe, directory, output);
  const { kernels } = recipe;
  const isOwn = kernels !== undefined && kernels.directory !== systemKernels;
  return { packages: [], release: isOwn ? kernels.release : manifest.release };
}

/**
 * Copies the content to the disk in a virtual machine, which runs a system of the lab: what is copied may be of any
 * distribution, without programs that make file systems, and its kernel may not boot.
 */
async function fillFromGuest(
  disks: { content: string; disk: string },
  recipe: SystemDiskRecipe,
  context: BuildContext,
): Promise<void> {
  const { directory } = context.input(fillerOf(recipe));
  const scratch = path.join(context.scratch, 'guest');
  const overlay = path.join(scratch, 'overlay');
  await mkdir(overlay, { recursive: true });
  await addGuestFiles(overlay, recipe);
  const own = path.join(scratch, 'own.img');
  const system = { file: path.join(directory, outputNames.system), compression: 'none' } as const;
  const written = { system, overlay, recipe: { size: guestSize } };
  await writeSystem(own, written, { ...context, scratch });
  await fillInGuest({ system: directory, own, ...disks }, context);
}

/** The size of the machine's own disk, most of which is a hole. MiB. */
const guestSize = 4096;

type SystemContent = {
  system: DiskContent;
  /** A directory, whose files come on top. */
  overlay: string;
  recipe: Pick<SystemDiskRecipe, 'size' | 'partitions'>;
};

/** Writes a system to the ext4, vfat and swap partitions of a disk. None of its programs runs, so no emulator is needed. */
async function writeSystem(
  disk: string,
  { system, overlay, recipe }: SystemContent,
  { scratch, signal }: BuildContext,
): Promise<void> {
  const parts = path.join(scratch, 'parts');
  await mkdir(parts);
  await settleModes(overlay, signal);
  await archiveTree(overlay, path.join(parts, 'overlay.tar'), signal);
  await copyFile(path.join(recipesDirectory, diskScript), path.join(parts, diskScript));
  const filesystems = await partitionSystemDisk(disk, recipe, signal);
  await writeFile(path.join(parts, 'layout'), layoutText(filesystems));
  const archive = path.join(scratch, 'parts.tar');
  await archiveTree(parts, archive, signal);
  await runInNamespace(planNamespace(await namespaceFacts(null)), {
    what: 'writing the disk',
    archive,
    script: diskScript,
    args: system.compression === 'none' ? [] : [`--${system.compression}`],
    output: disk,
    material: system.file,
    signal,
  });
}

/** Puts the kernel and the initrd of a disk next to it, so that a machine can be started with them. */
async function takeKernel(
  { kernels }: SystemDiskRecipe,
  system: string,
  output: string,
): Promise<void> {
  if (kernels === undefined) return;
  const { directory, kernel, initrd } = kernels;
  const from = (file: string, own: string) =>
    directory === systemKernels ? path.join(system, own) : path.join(directory, file);
  const { kernel: kernelName, initramfs: initrdName } = systemFiles;
  await copyFile(from(kernel, kernelName), path.join(output, kernelName));
  await copyFile(from(initrd, initrdName), path.join(output, initrdName));
}
