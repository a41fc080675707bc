import { readdir, chmod, cp, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { architectures, arches } from '../../arch.ts';
import { UnavailableError } from '../../errors.ts';
import { elfNeeds } from '../../formats/executable.ts';
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

/**
 * Copies the named modules and their dependencies from an unpacked kernel's `lib/modules/<release>` to the same path under
 * `target`, decompressed and indexed for modprobe. Modules that are built into the kernel are skipped.
 * Throws UnavailableError for a module that the kernel lacks, unless `lenient` is set: then it is left out.
 */
export async function copyModules(
  modules: string,
  target: string,
  names: readonly string[],
  signal: AbortSignal | undefined,
  { lenient = false } = {},
): Promise<void> {
  const release = path.basename(modules);
  await runTool('depmod', ['-b', path.resolve(modules, '../../..'), release], { signal });
  const dependencies = parseModulesDep(await readFile(path.join(modules, 'modules.dep'), 'utf8'));
  const list = path.join(modules, 'modules.builtin');
  const builtIn = lenient && !(await fileExists(list)) ? '' : await readFile(list, 'utf8');
  const builtInNames = new Set(builtIn.split('\n').map(moduleName));

  const destination = path.join(target, 'lib/modules', release);
  // depmod needs the directory even if there are no modules.
  await mkdir(destination, { recursive: true });
  // A set: modules share dependencies, and a decompressed file cannot be decompressed again.
  const files = new Set<string>();
  for (const name of names) {
    if (builtInNames.has(moduleName(name))) continue;
    const own = [...dependencies.keys()].find((file) => moduleName(file) === moduleName(name));
    if (own === undefined && lenient) continue;
    if (own === undefined) throw new UnavailableError(`kernel ${release} has no module ${name}`);
    for (const file of [own, ...(dependencies.get(own) ?? [])]) files.add(file);
  }
  for (const file of files)
    await copyModule(path.join(modules, file), path.join(destination, file), signal);
  for (const index of ['modules.builtin', 'modules.order'])
    if (await fileExists(path.join(modules, index)))
      await cp(path.join(modules, index), path.join(destination, index));
  await runTool('depmod', ['-b', target, release], { signal });
}

/** Parses modules.dep: a module's file, a colon, and the files of all its direct and indirect dependencies. */
export function parseModulesDep(text: string): Map<string, string[]> {
  return new Map(
    text
      .split('\n')
      .filter((line) => line.includes(':'))
      .map((line) => {
        const [file = '', rest = ''] = line.split(':');
        return [file, rest.split(' ').filter((name) => name !== '')];
      }),
  );
}

/** A module's name from its file. The kernel treats `-` and `_` in module names as equal. */
export function moduleName(file: string): string {
  return path
    .basename(file)
    .replace(/\.ko(\.\w+)?$/, '')
    .replaceAll('-', '_');
}

async function copyModule(source: string, target: string, signal: AbortSignal | undefined) {
  await mkdir(path.dirname(target), { recursive: true });
  await cp(source, target);
  // The host decompresses modules once, so that the emulated CPU never has to.
  const [tool, ...args] = decompressors[path.extname(target)] ?? [];
  if (tool !== undefined) await runTool(tool, [...args, target], { signal });
}

/** By the extension of a compressed module. The tools remove the compressed file. */
const decompressors: Record<string, string[]> = {
  '.gz': ['gzip', '--decompress'],
  '.xz': ['xz', '--decompress'],
  '.zst': ['zstd', '--decompress', '--quiet', '--rm'],
};
