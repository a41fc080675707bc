import { runTool } from './run-tool.ts';
import { treeNames } from './tree-names.ts';

/**
 * Packs a directory as an initramfs: a cpio archive in the kernel's `newc` format, everything owned by root.
 * Not compressed: the host has space, the emulated CPU has no time.
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
