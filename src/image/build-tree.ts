import { copyFile, cp, mkdir, stat, symlink, truncate } from 'node:fs/promises';
import path from 'node:path';
import { architectures } from '../arch.ts';
import type { BuildContext, Built, Input } from './build-context.ts';
import { recipesDirectory } from './catalog.ts';
import { packCpio } from './cpio.ts';
import { writeDisk, type EspContent } from './disk-image.ts';
import { layOutEsp } from './esp.ts';
import { fileExists } from './file-exists.ts';
import { addLinks, addOverlay, copyFiles, createTree } from './file-tree.ts';
import {
  outputNames,
  type InitramfsRecipe,
  type MiniDiskRecipe,
  type TreeRecipe,
} from './recipe.ts';
import { settleModes } from './tree-archive.ts';
import { unpackTreePackages } from './unpack-tree-packages.ts';

/** An initramfs: one uncompressed cpio archive. */
export async function buildInitramfs(
  recipe: InitramfsRecipe,
  context: BuildContext,
): Promise<Built> {
  const { tree, built } = await assembleTree(recipe, context);
  context.onStep('packing the initramfs');
  await settleModes(tree, context.signal);
  await packCpio(tree, path.join(context.output, outputNames.initramfs), context.signal);
  return built;
}

/** A disk with a root file system, on which the kernel and its initrd lie as Debian lays them. */
export async function buildMiniDisk(recipe: MiniDiskRecipe, context: BuildContext): Promise<Built> {
  const { tree, built, directories } = await assembleTree(recipe, context);
  const initrd = context.input(recipe.initrd);
  await installBootFile(
    tree,
    context.input(recipe.kernel),
    outputNames.kernel,
    'vmlinuz',
    built.release,
  );
  await installBootFile(tree, initrd, outputNames.initramfs, 'initrd.img', built.release);
  if (recipe.truncatedKernel !== undefined) await truncateKernel(tree, recipe.truncatedKernel);
  const esp =
    recipe.esp === undefined ? null : await assembleEsp(recipe.esp, tree, directories, context);
  context.onStep('writing the disk');
  const disk = path.join(context.output, outputNames.disk);
  await settleModes(tree, context.signal);
  await writeDisk(disk, tree, recipe.size, context.signal, esp);
  return built;
}

/** The EFI system partition's files: Debian's systemd-boot, and the kernel and initrd of the root file system. */
async function assembleEsp(
  { size, loader, cmdline }: NonNullable<MiniDiskRecipe['esp']>,
  root: string,
  packages: string[],
  { arch, scratch }: BuildContext,
): Promise<EspContent> {
  const tree = path.join(scratch, 'esp');
  await copyFiles(tree, packages, { [loader[arch]]: architectures[arch].removableMediaLoader });
  const [kernel, initrd] = [path.join(root, 'vmlinuz'), path.join(root, 'initrd.img')];
  await layOutEsp(tree, { kernel, initrd, cmdline });
  return { tree, sizeMiB: size };
}

/** `/boot/<name>-<release>`, and `/<name>` as a link to it. A release that nobody knows is no part of the name. */
async function installBootFile(
  tree: string,
  { directory }: Input,
  output: string,
  name: string,
  release: string | null,
) {
  const file = path.join('boot', release === null ? name : `${name}-${release}`);
  await mkdir(path.join(tree, 'boot'), { recursive: true });
  await copyFile(path.join(directory, output), path.join(tree, file));
  await symlink(file, path.join(tree, name));
}

async function truncateKernel(
  tree: string,
  { path: name, percent }: NonNullable<MiniDiskRecipe['truncatedKernel']>,
) {
  const file = path.join(tree, name);
  await copyFile(path.join(tree, 'vmlinuz'), file);
  await truncate(file, Math.floor(((await stat(file)).size * percent) / 100));
}

/** The file tree of a recipe: packages' files, links, modules of its kernel, overlays. */
async function assembleTree(
  recipe: TreeRecipe,
  context: BuildContext,
): Promise<{ tree: string; built: Built; directories: string[] }> {
  const { scratch, onStep } = context;
  const { packages, directories } = await unpackTreePackages(recipe, context);
  onStep('putting the files together');
  const tree = path.join(scratch, 'tree');
  await createTree(tree);
  await copyFiles(tree, directories, recipe.files);
  await addLinks(tree, recipe.links);
  const kernel = context.input(recipe.kernel);
  const lib = path.join(kernel.directory, 'lib');
  // A kernel that was brought without modules has none.
  if (await fileExists(lib)) await cp(lib, path.join(tree, 'usr/lib'), { recursive: true });
  for (const overlay of recipe.overlays)
    await addOverlay(tree, path.join(recipesDirectory, overlay));
  return { tree, built: { packages, release: kernel.manifest.release }, directories };
}
