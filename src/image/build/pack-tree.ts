import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { runTool } from '../../host/run-tool.ts';

/**
 * Packs a directory as an initramfs: a cpio archive in `newc` format in which root owns everything. It is not compressed,
 * because decompression would be slow on the emulated CPU.
 */
export async function packCpio(
  tree: string,
  file: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const options = [
    '--create',
    '--format=newc',
    '--quiet',
    '--reproducible',
    '--owner=0:0',
    '--null',
  ];
  await runTool('cpio', [...options, '--file', file], {
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
  await runTool('tar', ['--create', '--file', file, ...owners, '--directory', tree, '.'], {
    signal,
  });
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
