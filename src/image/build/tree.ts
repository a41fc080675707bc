import { chmod, copyFile, mkdir, cp, stat, symlink, truncate } from 'node:fs/promises';
import path from 'node:path';
import { architectures } from '../../arch.ts';
import { readDebControl, unpackUntrusted } from '../../debian/deb-file.ts';
import { unpackPackages } from '../../debian/packages.ts';
import { toolsVersion } from '../../formats/executable.ts';
import { fileExists } from '../../host/files.ts';
import { treeSelections } from '../recipes/package-selection.ts';
import type { ToolsSource, TreeRecipe } from '../recipes/recipe.ts';
import {
  recipesDirectory,
  kexecTools,
  outputNames,
  type CandidateInitramfsRecipe,
  type InitramfsRecipe,
  type MiniDiskRecipe,
} from '../recipes/recipe.ts';
import { localSuite, intactFile } from '../store/kept-files.ts';
import type { BuildContext, Built, Input } from './build-context.ts';
import { writeDisk, type EspContent, layOutEsp } from './disk-image.ts';
import { addLinks, addOverlay, copyFiles, createTree, packCpio, settleModes } from './file-tree.ts';

/** Builds an initramfs: one uncompressed cpio archive. */
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

/** Builds a disk with a root file system that has the kernel and its initrd where Debian puts them. */
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

/** The files of the EFI system partition: Debian's systemd-boot, and the kernel and initrd of the root file system. */
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

/** Installs `/boot/<name>-<release>` with a link `/<name>`. An unknown release is left out of the name. */
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

/** Assembles a recipe's file tree: files of packages, links, modules of its kernel, overlays. */
async function assembleTree(
  recipe: TreeRecipe,
  context: BuildContext,
): Promise<{ tree: string; built: Built; directories: string[] }> {
  const { scratch, onStep } = context;
  const { packages, directories } = await unpackTreePackages(recipe, context);
  onStep('assembling the file tree');
  const tree = path.join(scratch, 'tree');
  await createTree(tree);
  await copyFiles(tree, directories, recipe.files);
  await addLinks(tree, recipe.links);
  const kernel = context.input(recipe.kernel);
  const lib = path.join(kernel.directory, 'lib');
  // A candidate may have no modules.
  if (await fileExists(lib)) await cp(lib, path.join(tree, 'usr/lib'), { recursive: true });
  for (const overlay of recipe.overlays)
    await addOverlay(tree, path.resolve(recipesDirectory, overlay));
  return { tree, built: { packages, release: kernel.manifest.release }, directories };
}

/** Copies a supplied initramfs unchanged. The kernel detects its compression. */
export async function copyInitramfs(
  { file }: CandidateInitramfsRecipe,
  { output, packageOptions }: BuildContext,
): Promise<Built> {
  const kept = await intactFile(packageOptions.cache, file);
  await copyFile(kept, path.join(output, outputNames.initramfs));
  return { packages: [], release: null };
}

type Unpacked = Pick<Built, 'packages'> & { directories: string[] };

/**
 * Unpacks the packages of a tree, each into its own directory. A file that is in several directories is taken from the
 * first. Supplied kexec-tools come first and use the libraries of the suite's kexec-tools.
 */
async function unpackTreePackages(recipe: TreeRecipe, context: BuildContext): Promise<Unpacked> {
  const { arch, scratch, packageOptions } = context;
  const { tools } = recipe;
  const all: Unpacked = { packages: [], directories: [] };
  for (const [index, selection] of treeSelections(recipe, arch).entries()) {
    const target = path.join(scratch, 'packages', String(index));
    const { packages, directories } = await unpackPackages(selection, target, packageOptions);
    all.packages.push(...packages);
    all.directories.push(...directories);
  }
  if (tools === undefined || 'suite' in tools) return all;
  const own = await unpackTools(tools, context);
  return {
    packages: [...own.packages, ...all.packages.filter(({ name }) => name !== kexecTools)],
    directories: [...own.directories, ...all.directories],
  };
}

async function unpackTools(
  tools: Exclude<ToolsSource, { suite: string }>,
  { arch, scratch, packageOptions: { cache }, signal }: BuildContext,
): Promise<Unpacked> {
  const directory = path.join(scratch, kexecTools);
  await mkdir(path.join(directory, 'usr/sbin'), { recursive: true });
  if ('deb' in tools) {
    const deb = await intactFile(cache, tools.deb);
    await unpackUntrusted(deb, directory, signal);
    const control = await readDebControl(deb, signal);
    return {
      packages: [{ ...control, suite: localSuite, sha256: tools.deb }],
      directories: [directory],
    };
  }
  const [program, target] = [
    await intactFile(cache, tools.program),
    path.join(directory, 'usr/sbin/kexec'),
  ];
  await copyFile(program, target);
  await chmod(target, 0o755);
  const version = (await toolsVersion(program)) ?? 'unknown';
  const architecture = architectures[arch].debian;
  const found = {
    name: kexecTools,
    version,
    architecture,
    suite: localSuite,
    sha256: tools.program,
  };
  return { packages: [found], directories: [directory] };
}
