import { chmod, lstat, readdir, realpath, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes a tree that came from elsewhere safe to read: whatever is no file, no directory and no link is removed, and so is
 * every link that leads out of it, to nothing, or round in a circle. What is left can be read by its owner.
 */
export async function sweepTree(directory: string): Promise<void> {
  const links: string[] = [];
  await sweep(directory, links);
  const root = await realpath(directory);
  // A link may lead over another that is removed.
  for (let removed = true; removed;) {
    removed = false;
    for (const link of links) {
      const target = await realpath(link).catch(() => null);
      if (target !== null && (target === root || target.startsWith(`${root}${path.sep}`))) continue;
      const still = await lstat(link).catch(() => null);
      if (still === null) continue;
      await rm(link);
      removed = true;
    }
  }
}

async function sweep(directory: string, links: string[]): Promise<void> {
  await permit(directory, 0o700);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const file = path.join(directory, entry.name);
    if (entry.isSymbolicLink()) links.push(file);
    else if (entry.isDirectory()) await sweep(file, links);
    else if (entry.isFile()) await permit(file, 0o600);
    else await rm(file);
  }
}

async function permit(file: string, wanted: number): Promise<void> {
  const { mode } = await lstat(file);
  if ((mode & wanted) !== wanted) await chmod(file, (mode & 0o7777) | wanted);
}
