import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, mkdir, stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path, { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorCode } from '../file-error.ts';

/**
 * Where kexec-lab is installed: the directory of its package.json, scenarios, recipes and machines. It is searched upwards
 * from this file, because bundling moves this code into another file.
 */
export const ownDirectory = withManifest(dirname(fileURLToPath(import.meta.url)));

function withManifest(directory: string): string {
  const found = existsSync(join(directory, 'package.json')) || directory === dirname(directory);
  return found ? directory : withManifest(dirname(directory));
}

/** kexec-lab's own version, from its package.json. */
export function ownVersion(): string {
  const manifest = readFileSync(join(ownDirectory, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

/** The cache directory: KEXEC_LAB_CACHE, otherwise kexec-lab's in the XDG cache directory. Empty variables count as unset. */
export function cacheDirectory(asked?: string): string {
  const { KEXEC_LAB_CACHE, XDG_CACHE_HOME } = process.env;
  const base =
    XDG_CACHE_HOME !== undefined && path.isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : undefined;
  const usual = path.join(base ?? path.join(homedir(), '.cache'), 'kexec-lab');
  const chosen = KEXEC_LAB_CACHE === '' ? undefined : KEXEC_LAB_CACHE;
  return path.resolve(asked ?? chosen ?? usual);
}

/**
 * Creates a directory and its missing parents. The `recursive` option of Node.js retries without end if a file system
 * answers ENOENT when a directory is created in it, as /proc does.
 * @throws the operating system's error for the first directory that cannot be created
 */
export async function makeDirectory(directory: string): Promise<void> {
  const missing: string[] = [];
  let place = path.resolve(directory);
  for (; !(await exists(place)); place = path.dirname(place)) missing.push(place);
  for (const name of missing.reverse())
    await mkdir(name).catch((error: unknown) => {
      // Another process may have created it in the meantime.
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  // If there is a file in its place, this throws the operating system's error.
  if (!(await stat(directory)).isDirectory()) await mkdir(directory);
}

/** @throws any error except ENOENT, such as ENOTDIR */
async function exists(place: string): Promise<boolean> {
  try {
    await stat(place);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Creates a directory for Unix sockets and pipes that only this user can enter. Removes those of labs that were killed: the
 * name contains the process id.
 */
export async function makePrivateDirectory(root = socketRoot()): Promise<string> {
  await removeOrphans(root);
  return mkdtemp(join(root, `kexec-lab-${process.pid}-`));
}

async function removeOrphans(root: string): Promise<void> {
  const names = await readdir(root).catch(() => []);
  const orphans = names.filter((name) => {
    const pid = /^kexec-lab-(\d+)-\w{6}$/.exec(name)?.[1];
    return pid !== undefined && !existsSync(`/proc/${pid}`);
  });
  // Those of other users cannot be removed.
  await Promise.allSettled(orphans.map((name) => rm(join(root, name), { recursive: true })));
}

/** The path of a socket must be short (108 bytes, unix(7)), and valid in socat's address syntax and QEMU's options. */
function socketRoot(): string {
  const root = tmpdir();
  return /^[\w./+-]{1,64}$/.test(root) ? root : '/tmp';
}
