import { createHash, randomUUID } from 'node:crypto';
import { copyFile, cp, mkdir, readdir, readlink, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { UnavailableError } from '../errors.ts';
import { digestOf, hasContent } from '../host/file-digest.ts';
import { fileExists } from './file-exists.ts';

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
    hint: 'Run it again: the file is copied anew.',
  });
}

/**
 * Copies a file into the cache, so that what is built is built of what was looked at. Returns its SHA-256, by which
 * `keptFile` finds it.
 */
export async function keepFile(cache: string, file: string): Promise<string> {
  const directory = broughtDirectory(cache);
  await mkdir(directory, { recursive: true });
  const copy = path.join(directory, `partial-${randomUUID()}`);
  try {
    await copyFile(file, copy);
    const sha256 = await digestOf(copy);
    await rename(copy, keptFile(cache, sha256));
    return sha256;
  } finally {
    await rm(copy, { force: true });
  }
}

/** Copies files and directories into the cache as one tree (path in it -> source). Returns the SHA-256 of it all. */
export async function keepTree(cache: string, parts: Record<string, string>): Promise<string> {
  const sha256 = await digestOfTree(parts, (name) => parts[name] ?? '');
  const kept = keptFile(cache, sha256);
  if (await fileExists(kept)) {
    const digest = await digestOfTree(parts, (name) => path.join(kept, name)).catch(() => null);
    if (digest === sha256) return sha256;
    await rm(kept, { recursive: true, force: true });
  }
  const directory = broughtDirectory(cache);
  await mkdir(directory, { recursive: true });
  const copy = path.join(directory, `partial-${randomUUID()}`);
  try {
    for (const [name, source] of Object.entries(parts))
      await cp(source, path.join(copy, name), { recursive: true, filter: isNoSource });
    await rename(copy, kept);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
  return sha256;
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

async function describe(source: string): Promise<unknown> {
  const entries = await readdir(source, { recursive: true, withFileTypes: true }).catch(() => null);
  if (entries === null) return digestOf(source);
  const names = entries
    .filter((entry) => isNoSource(entry.name) && !entry.isDirectory())
    .map((entry) => ({ entry, file: path.join(entry.parentPath, entry.name) }))
    .sort((a, b) => (a.file < b.file ? -1 : 1));
  const contents: [name: string, content: string][] = [];
  // One after the other: a kernel has more modules than a process may have open files.
  for (const { entry, file } of names)
    contents.push([
      path.relative(source, file),
      entry.isSymbolicLink() ? await readlink(file) : await digestOf(file),
    ]);
  return contents;
}
