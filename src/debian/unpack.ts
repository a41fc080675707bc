import { chmod, lstat, readdir, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { UnavailableError, UsageError } from '../errors.ts';
import { runTool } from '../host/run-tool.ts';

/** Unpacks a package's files into a directory and makes all of them readable for the builder. */
export async function unpackDeb(
  deb: string,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await runTool('dpkg-deb', ['-x', deb, directory], { signal });
  await makeReadable(directory, signal);
}

/** Lets the builder read, and later remove, everything in a tree that was unpacked with the modes of its archive. */
export async function makeReadable(tree: string, signal: AbortSignal | undefined): Promise<void> {
  await runTool('chmod', ['--recursive', 'u+rwX', tree], { signal });
}

/**
 * Unpacks a package that the user supplied and removes what is unsafe to read (see `sweepTree`).
 * @throws UsageError if tar rejects the package, UnavailableError for a full or failing disk
 */
export async function unpackUntrusted(
  deb: string,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await runTool('dpkg-deb', ['-x', deb, directory], { signal });
  } catch (error) {
    if (
      !(error instanceof UnavailableError) ||
      /No space left|quota|killed by signal/.test(error.message)
    )
      throw error;
    throw new UsageError(`the package cannot be unpacked: ${error.message}`, {
      hint: 'Copy, build or download the package again.',
      cause: error,
    });
  } finally {
    // Also makes what was unpacked removable.
    await sweepTree(directory);
  }
}

/**
 * Makes an untrusted tree safe to read: removes everything except files, directories and links, and also removes links
 * that lead outside the tree, dangle or loop. Its owner can read everything that remains.
 */
export async function sweepTree(directory: string): Promise<void> {
  const links: string[] = [];
  await sweep(directory, links);
  const root = await realpath(directory);
  // A link may lead through another link that was removed.
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
