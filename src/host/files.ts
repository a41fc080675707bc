import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat, access } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { kindOf } from './user-file.ts';

/** SHA-256 of a file, in hexadecimal. */
export async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  // Large pieces: Node's own 64 KiB take about twice as long.
  await pipeline(createReadStream(file, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}

/**
 * What changes with every write to a file: its size, its times in nanoseconds, which file it is. ctime cannot be set by a
 * program, as mtime can (utimes(2)); content that rots on the disk changes none of it.
 */
export async function fileIdentity(file: string): Promise<string> {
  const { size, mtimeNs, ctimeNs, ino } = await stat(file, { bigint: true });
  return [size, mtimeNs, ctimeNs, ino].join(' ');
}

const digests = new Map<string, Promise<string>>();

/** SHA-256 of a file, read only once as long as the file is not written: many cases boot the same files. */
export async function digestOnce(file: string): Promise<string> {
  const found = await stat(file);
  // Reading a device or a pipe might never end.
  if (!found.isFile()) throw new Error(`this is ${kindOf(found)}, not a file`);
  const identity = `${file} ${await fileIdentity(file)}`;
  const digest = digests.get(identity) ?? digestOf(file);
  digests.set(identity, digest);
  return digest;
}

/** Whether a file exists and has this SHA-256. */
export async function hasContent(file: string, sha256: string): Promise<boolean> {
  return digestOnce(file).then(
    (digest) => digest === sha256,
    () => false,
  );
}

export function fileExists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** Bytes that a directory takes on the disk, without the holes of sparse files. What cannot be read counts as 0. */
export async function diskUsage(directory: string): Promise<number> {
  const options = { recursive: true, withFileTypes: true } as const;
  const entries = await readdir(directory, options).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const sizes = files.map((file) => bytesOnDisk(path.join(file.parentPath, file.name)));
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Bytes that a file takes on the disk; 0 where there is none. `st_blocks` counts units of 512 bytes (stat(2)). */
export async function bytesOnDisk(file: string): Promise<number> {
  return stat(file).then(
    ({ blocks }) => blocks * 512,
    () => 0,
  );
}

/** SHA-256 of a text, in hexadecimal. */
export function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The first digits of a text's SHA-256: enough to name a thing by its content. */
export function shortDigest(text: string, digits = 16): string {
  return sha256Of(text).slice(0, digits);
}
