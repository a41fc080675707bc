import { readdir, chmod, cp, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { architectures, arches } from '../../arch.ts';
import { UnavailableError } from '../../errors.ts';
import { elfNeeds } from '../../formats/elf.ts';
import { hasMagic } from '../../formats/magic.ts';
import { fileExists } from '../../host/files.ts';
import { runTool } from '../../host/processes.ts';

/** Creates a tree with mount points, laid out like a merged-/usr Debian: /bin, /lib and /sbin are links. */
export async function createTree(tree: string): Promise<void> {
  for (const name of ['dev', 'proc', 'root', 'run', 'sys', 'tmp'])
    await mkdir(path.join(tree, name), { recursive: true });
  for (const name of ['bin', 'lib', 'sbin']) {
    await mkdir(path.join(tree, 'usr', name), { recursive: true });
    await symlink(`usr/${name}`, path.join(tree, name));
  }
}

/** Copies files and directories from unpacked packages, with the loader and libraries of every program. */
export async function copyFiles(
  tree: string,
  packages: readonly string[],
  files: Record<string, string>,
): Promise<void> {
  for (const [from, to] of Object.entries(files)) {
    const source = await findFile(packages, from);
    if (source === undefined) throw new UnavailableError(`no package contains ${from}`);
    const target = path.join(tree, to);
    await mkdir(path.dirname(target), { recursive: true });
    await cp(source, target, { recursive: true, dereference: true });
    if ((await stat(source)).isFile()) await copyNeeds(tree, packages, source);
  }
}

async function copyNeeds(
  tree: string,
  packages: readonly string[],
  program: string,
): Promise<void> {
  const needs = elfNeeds(await readFile(program));
  if (needs === null) return;
  for (const need of [needs.interpreter, ...needs.libraries]) {
    if (need === null) continue;
    const source = need.startsWith('/')
      ? await findFile(packages, need)
      : await findLibrary(packages, need);
    if (source === undefined)
      throw new UnavailableError(
        `${path.basename(program)} needs ${need}, which no package contains`,
      );
    // Loaders search for the requested name in /lib and its multiarch directory.
    const target = path.join(tree, need.startsWith('/') ? need : path.join('/lib', need));
    if (await fileExists(target)) continue;
    await cp(source, target, { dereference: true });
    await copyNeeds(tree, packages, source);
  }
}

/** Finds a file in unpacked packages. Its path depends on whether the package is from before or after the /usr merge. */
async function findFile(packages: readonly string[], file: string): Promise<string | undefined> {
  const bare = file.replace(/^\/usr\//, '/');
  for (const directory of packages)
    for (const candidate of [path.join(directory, 'usr', bare), path.join(directory, bare)])
      if (await fileExists(candidate)) return candidate;
  return undefined;
}

async function findLibrary(packages: readonly string[], name: string): Promise<string | undefined> {
  const triplets = [...arches.map((arch) => architectures[arch].triplet), ''];
  for (const triplet of triplets) {
    const found = await findFile(packages, path.join('/lib', triplet, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Adds symbolic links to a tree (target -> paths of the links). */
export async function addLinks(tree: string, links: Record<string, string[]>): Promise<void> {
  for (const [target, names] of Object.entries(links))
    for (const name of names) {
      const link = path.join(tree, name);
      await mkdir(path.dirname(link), { recursive: true });
      await symlink(target, link);
    }
}

/** Copies an overlay into the tree. Scripts and ELF files become executable. */
export async function addOverlay(tree: string, overlay: string): Promise<void> {
  const entries = await readdir(overlay, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((e) => e.isFile())) {
    const source = path.join(entry.parentPath, entry.name);
    const target = path.join(tree, path.relative(overlay, source));
    await mkdir(path.dirname(target), { recursive: true });
    const content = await readFile(source);
    await writeFile(target, content);
    const isProgram = content.subarray(0, 2).toString() === '#!' || hasMagic(content, 'elf');
    await chmod(target, isProgram ? 0o755 : 0o644);
  }
}

/**
 * Packs a directory as an initramfs: a cpio archive in `newc` format in which root owns everything. It is not compressed,
 * because decompression would be slow on the emulated CPU.
 */
export async function packCpio(
  tree: string,
  file: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const format = ['--format=newc', '--reproducible', '--owner=0:0'];
  await runTool('cpio', ['--create', ...format, '--quiet', '--null', '--file', file], {
    cwd: tree,
    input: ['.', ...(await treeNames(tree))].map((name) => `${name}\0`).join(''),
    signal,
  });
}

/** Packs a file tree as a tar archive in which root owns everything. */
export async function archiveTree(
  tree: string,
  file: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const owners = ['--owner=0', '--group=0', '--numeric-owner'];
  const args = ['--create', '--file', file, ...owners, '--directory', tree, '.'];
  await runTool('tar', args, { signal });
}

/**
 * Sets the modes of a tree's directories and files to 755 and 644 (755 for programs), whatever the user's umask and
 * checkout made of them.
 */
export async function settleModes(tree: string, signal: AbortSignal | undefined): Promise<void> {
  await runTool('chmod', ['--recursive', 'u=rwX,go=rX', tree], { signal });
}

/** The sorted relative paths of everything in a file tree: directories, files and links, which are not followed. */
export async function treeNames(tree: string): Promise<string[]> {
  const entries = await readdir(tree, { recursive: true, withFileTypes: true });
  return entries
    .map((entry) => path.relative(tree, path.join(entry.parentPath, entry.name)))
    .sort();
}
