import { runTool } from './run-tool.ts';

/** Packs a file tree as a tar archive in which everything belongs to root. */
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
 * Gives the directories and files of a tree the modes 755 and 644 (755 for programs), which the user's umask and the
 * modes of a checkout have changed.
 */
export async function settleModes(tree: string, signal: AbortSignal | undefined): Promise<void> {
  await runTool('chmod', ['--recursive', 'u=rwX,go=rX', tree], { signal });
}

/** Lets the builder read, and later remove, everything in a tree that was unpacked with the modes of its archive. */
export async function makeReadable(tree: string, signal: AbortSignal | undefined): Promise<void> {
  await runTool('chmod', ['--recursive', 'u+rwX', tree], { signal });
}
