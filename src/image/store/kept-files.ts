import { createHash, randomUUID } from 'node:crypto';
import { copyFile, cp, lstat, opendir, readlink, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { UnavailableError, UsageError } from '../../errors.ts';
import { makeDirectory } from '../../host/directories.ts';
import { digestOf, hasContent, fileExists } from '../../host/files.ts';
import { checkInput, sizeInWords } from '../../host/user-file.ts';
import { nameDiskTrouble } from './cache.ts';

/** The suite of packages that the user supplied as files. */
export const localSuite = 'local';

/** Where the cache keeps the user's files, by the SHA-256 of their content. */
export function keptDirectory(cache: string): string {
  return path.join(cache, 'candidates');
}

export function keptFile(cache: string, sha256: string): string {
  return path.join(keptDirectory(cache), sha256);
}

/**
 * Verifies a kept file and returns its path.
 * @throws UnavailableError if it is missing or damaged
 */
export async function intactFile(cache: string, sha256: string): Promise<string> {
  const kept = keptFile(cache, sha256);
  if (await hasContent(kept, sha256)) return kept;
  await rm(kept, { force: true }).catch(() => undefined);
  const message = 'the cached copy of a candidate file was damaged and has been removed';
  const hint = 'Run the command again to copy the file again.';
  throw new UnavailableError(message, { place: kept, hint });
}

/**
 * Copies a file into the cache, so that the build uses the same content that was inspected. Returns its SHA-256, the key
 * for `keptFile`. Throws UnavailableError if the cache cannot store it.
 */
export async function keepFile(cache: string, file: string): Promise<string> {
  return inPlace(cache, async (copy) => {
    await copyFile(file, copy);
    const sha256 = await digestOf(copy);
    await rename(copy, keptFile(cache, sha256));
    return sha256;
  });
}

/**
 * Copies files and directories into the cache as one tree (path in the tree -> source). Returns its SHA-256.
 * @throws UsageError if a directory is larger than any kernel's, or contains special files; UnavailableError if the cache
 *   cannot store it
 */
export async function keepTree(cache: string, parts: Record<string, string>): Promise<string> {
  const sha256 = await digestOfTree(parts, (name) => parts[name] ?? '');
  const kept = keptFile(cache, sha256);
  if (await fileExists(kept)) {
    const digest = await digestOfTree(parts, (name) => path.join(kept, name)).catch(() => null);
    if (digest === sha256) return sha256;
    await rm(kept, { recursive: true, force: true });
  }
  return inPlace(cache, async (copy) => {
    for (const [name, source] of Object.entries(parts))
      await cp(source, path.join(copy, name), {
        recursive: true,
        filter: isWanted,
        // Otherwise a link within the tree would point to the original tree.
        verbatimSymlinks: true,
      });
    await rename(copy, kept);
    return sha256;
  });
}

/** Calls `make` with a temporary path in the cache and removes whatever is left there afterwards. */
async function inPlace<T>(cache: string, make: (partial: string) => Promise<T>): Promise<T> {
  const directory = keptDirectory(cache);
  const partial = path.join(directory, `partial-${randomUUID()}`);
  try {
    await makeDirectory(directory);
    return await make(partial);
  } catch (error) {
    throw nameDiskTrouble(error, cache);
  } finally {
    await rm(partial, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function digestOfTree(parts: object, fileOf: (name: string) => string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of Object.keys(parts).sort())
    hash.update(JSON.stringify([name, await describe(fileOf(name))]));
  return hash.digest('hex');
}

/** Excludes `build` and `source`, which link from modules to the kernel's source. */
function isWanted(file: string): boolean {
  return !['build', 'source'].includes(path.basename(file));
}

/** Far above the size of a kernel and its modules. Bytes, and for `files` a count. */
const limits = { files: 100_000, file: 2 ** 30, all: 2 * 2 ** 30 };

/** The content of a file or directory, as names and digests. Special files and files too large for a module are rejected. */
async function describe(source: string): Promise<unknown> {
  if (!(await stat(source)).isDirectory()) return digestOf(source);
  const files: string[] = [];
  let bytes = 0;
  for await (const entry of await opendir(source, { recursive: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!isWanted(entry.name) || entry.isDirectory()) continue;
    files.push(file);
    if (files.length > limits.files)
      throw new UsageError(`this directory has more than ${limits.files} files`, { place: source });
    if (!entry.isSymbolicLink()) bytes += checkInput(file, limits.file).size;
    if (bytes > limits.all)
      throw new UsageError(`this directory is larger than ${sizeInWords(limits.all)}`, {
        place: source,
      });
  }
  const contents: [name: string, content: string][] = [];
  // Sequentially: a kernel has more modules than a process may have open files.
  for (const file of files.sort()) {
    const isLink = (await lstat(file)).isSymbolicLink();
    contents.push([
      path.relative(source, file),
      isLink ? await readlink(file) : await digestOf(file),
    ]);
  }
  return contents;
}
