import { createHash, randomUUID } from 'node:crypto';
import { copyFile, cp, lstat, opendir, readlink, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { UnavailableError, UsageError } from '../../errors.ts';
import { makeDirectory } from '../../host/directories.ts';
import { digestOf, hasContent } from '../../host/file-digest.ts';
import { fileExists } from '../../host/file-exists.ts';
import { checkInput, sizeInWords } from '../../host/user-file.ts';
import { nameDiskTrouble } from './cache.ts';

/** Instead of a suite, for packages that were brought as files. */
export const brought = 'local';

/** Where the cache keeps what was brought, by the SHA-256 of its content. */
export function broughtDirectory(cache: string): string {
  return path.join(cache, 'candidates');
}

export function keptFile(cache: string, sha256: string): string {
  return path.join(broughtDirectory(cache), sha256);
}

/**
 * A file that was brought, verified.
 * @throws UnavailableError where it is not there any more, or has another content
 */
export async function intactFile(cache: string, sha256: string): Promise<string> {
  const kept = keptFile(cache, sha256);
  if (await hasContent(kept, sha256)) return kept;
  await rm(kept, { force: true }).catch(() => undefined);
  throw new UnavailableError('the cache’s copy of a candidate’s file is damaged, and was removed', {
    place: kept,
    hint: 'Run it again: the file will be copied again.',
  });
}

/**
 * Copies a file into the cache, so that what is built is built of what was looked at. Returns its SHA-256, by which
 * `keptFile` finds it. Throws UnavailableError where the cache cannot take it.
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
 * Copies files and directories into the cache as one tree (path in it -> source). Returns the SHA-256 of it all.
 * @throws UsageError for a directory with more in it than a kernel has, or with something that is no file; UnavailableError
 *   where the cache cannot take it
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
        filter: isNoSource,
        // Else a link that stays in the tree would lead to where the tree was.
        verbatimSymlinks: true,
      });
    await rename(copy, kept);
    return sha256;
  });
}

/** Hands over a name in the cache for something unfinished; nothing of that name is left. */
async function inPlace<T>(cache: string, make: (partial: string) => Promise<T>): Promise<T> {
  const directory = broughtDirectory(cache);
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

/** `build` and `source` lead from modules to the kernel's source, which is nobody's business here. */
function isNoSource(file: string): boolean {
  return !['build', 'source'].includes(path.basename(file));
}

/** Far more than a kernel and its modules take. Bytes. */
const limits = { files: 100_000, file: 2 ** 30, all: 2 * 2 ** 30 };

/** What is in a file or a directory: names and digests. Nothing is read that is no file, or too large to be a module. */
async function describe(source: string): Promise<unknown> {
  if (!(await stat(source)).isDirectory()) return digestOf(source);
  const files: string[] = [];
  let bytes = 0;
  for await (const entry of await opendir(source, { recursive: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!isNoSource(entry.name) || entry.isDirectory()) continue;
    files.push(file);
    if (files.length > limits.files)
      throw new UsageError(`there are more than ${limits.files} files here`, { place: source });
    if (!entry.isSymbolicLink()) bytes += checkInput(file, limits.file).size;
    if (bytes > limits.all)
      throw new UsageError(`there is more than ${sizeInWords(limits.all)} here`, { place: source });
  }
  const contents: [name: string, content: string][] = [];
  // One after the other: a kernel has more modules than a process may have open files.
  for (const file of files.sort()) {
    const isLink = (await lstat(file)).isSymbolicLink();
    contents.push([
      path.relative(source, file),
      isLink ? await readlink(file) : await digestOf(file),
    ]);
  }
  return contents;
}
