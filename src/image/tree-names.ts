import { readdir } from 'node:fs/promises';
import path from 'node:path';

/** Everything in a file tree, relative to it and sorted: directories, files and links, which are not followed. */
export async function treeNames(tree: string): Promise<string[]> {
  const entries = await readdir(tree, { recursive: true, withFileTypes: true });
  return entries
    .map((entry) => path.relative(tree, path.join(entry.parentPath, entry.name)))
    .sort();
}
