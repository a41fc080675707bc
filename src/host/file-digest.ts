import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { kindOf } from './input-file.ts';
import { pipeline } from 'node:stream/promises';

/** SHA-256 of a file, in hexadecimal. */
export async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  // Large pieces: Node's own 64 KiB take about twice as long.
  await pipeline(createReadStream(file, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}

const digests = new Map<string, Promise<string>>();

/** The same, read only once as long as the file is not written: many cases boot the same files. */
export async function digestOnce(file: string): Promise<string> {
  const found = await stat(file);
  // A device or a pipe would be read for ever.
  if (!found.isFile()) throw new Error(`this is ${kindOf(found)}, not a file`);
  const { size, mtimeMs, ino } = found;
  const identity = [file, size, mtimeMs, ino].join(' ');
  const digest = digests.get(identity) ?? digestOf(file);
  digests.set(identity, digest);
  return digest;
}
