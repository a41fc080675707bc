import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** Writes a file of a kind's place and returns its path. */
export function write(directory: string, name: string, content: string | Uint8Array): string {
  const file = join(directory, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

/** A file of that many bytes, which begins with `content` and takes no room on the disk. */
export function sparse(
  directory: string,
  name: string,
  size: number,
  content: string | Uint8Array = '',
): string {
  const file = write(directory, name, content);
  truncateSync(file, size);
  return file;
}

/** Gzip data of `head`, that many zeros, and `tail`. */
export async function gzipBomb(
  file: string,
  {
    head = Buffer.alloc(0),
    zeros,
    tail = Buffer.alloc(0),
    fill = 0,
  }: { head?: Buffer; zeros: number; tail?: Buffer; fill?: number },
): Promise<string> {
  const block = Buffer.alloc(2 ** 20, fill);
  function* bytes() {
    yield head;
    for (let left = zeros; left > 0; left -= block.length) yield block.subarray(0, left);
    yield tail;
  }
  await pipeline(Readable.from(bytes()), createGzip({ level: 1 }), createWriteStream(file));
  return file;
}

/** Runs a tool that makes an input. */
export function make(tool: string, ...args: string[]): void {
  execFileSync(tool, args, { stdio: 'ignore' });
}
