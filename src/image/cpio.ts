import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runTool } from './run-tool.ts';

/**
 * Packs a directory as an initramfs: a cpio archive in the kernel's `newc` format, everything owned by root.
 * Not compressed: the host has space, the emulated CPU has no time.
 */
export async function packCpio(
  tree: string,
  file: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const entries = await readdir(tree, { recursive: true, withFileTypes: true });
  const names = entries.map((entry) =>
    path.relative(tree, path.join(entry.parentPath, entry.name)),
  );
  const args = ['--create', '--format=newc', '--quiet', '--reproducible', '--owner=0:0', '--null'];
  await writeFile(file, '');
  await runTool('cpio', [...args, '--file', file], {
    cwd: tree,
    input: ['.', ...names.sort()].map((name) => `${name}\0`).join(''),
    signal,
  });
}
