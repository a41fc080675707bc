import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync, createReadStream } from 'node:fs';
import { readdir, stat, access } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { hostFileError } from '../file-error.ts';
import { kindOf } from './user-file.ts';

/** SHA-256 of a file, in hexadecimal. */
export async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  // Large pieces: Node's own 64 KiB take about twice as long.
  await pipeline(createReadStream(file, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}

/**
 * A text that changes with every write to a file: its size, its times in nanoseconds, its inode. A program can set mtime but
 * not ctime (utimes(2)). Data that is damaged on the disk does not change it.
 */
export async function fileIdentity(file: string): Promise<string> {
  const { size, mtimeNs, ctimeNs, ino } = await stat(file, { bigint: true });
  return [size, mtimeNs, ctimeNs, ino].join(' ');
}

const digests = new Map<string, Promise<string>>();

/**
 * SHA-256 of a file. The file is read again only if it has been written since, because many cases boot the same files.
 * @throws Error if it is not a regular file; the file system's error
 */
export async function digestOnce(file: string): Promise<string> {
  const found = await stat(file);
  // Reading a device or a pipe might not end.
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

/** SHA-256 of a text, in hexadecimal. */
export function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The first digits of a text's SHA-256: enough for a name. */
export function shortDigest(text: string, digits = 16): string {
  return sha256Of(text).slice(0, digits);
}

export function fileExists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** Bytes that a directory uses on the disk, without the holes of sparse files. Files that cannot be read count as 0. */
export async function diskUsage(directory: string): Promise<number> {
  const options = { recursive: true, withFileTypes: true } as const;
  const entries = await readdir(directory, options).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const sizes = files.map((file) => bytesOnDisk(path.join(file.parentPath, file.name)));
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Bytes that a file uses on the disk; 0 if it does not exist. `st_blocks` counts units of 512 bytes (stat(2)). */
export async function bytesOnDisk(file: string): Promise<number> {
  return stat(file).then(
    ({ blocks }) => blocks * 512,
    () => 0,
  );
}

/**
 * A file that only grows. When `write` returns, the operating system has the content, whatever happens next. A write after
 * `close` is ignored: a signal may arrive at any time, and another file may have the number of the descriptor by then.
 */
export type RecordFile = {
  write(content: Uint8Array | string): void;
  /** May be called again. */
  close(): void;
};

/**
 * Creates a record, or empties an existing one. It is synchronous on purpose: evidence is written before it is
 * interpreted, and an error is thrown where it occurs.
 * @throws UnavailableError if the file cannot be opened or, from `write`, if the disk is full.
 */
export function openRecord(file: string): RecordFile {
  const attempt = <Result>(action: () => Result): Result => {
    try {
      return action();
    } catch (cause) {
      const hint = 'Check its space and permissions, or choose another directory with --out.';
      throw hostFileError(cause, { place: file, doing: 'write this record', hint });
    }
  };
  let descriptor: number | null = attempt(() => openSync(file, 'w'));
  return {
    write: (content) => {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      attempt(() => {
        if (descriptor === null) return;
        for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
      });
    },
    close: () => {
      if (descriptor !== null) closeSync(descriptor);
      descriptor = null;
    },
  };
}

/**
 * Writes a complete record.
 * @throws UnavailableError if it cannot be written.
 */
export function writeRecord(file: string, content: string): void {
  const record = openRecord(file);
  try {
    record.write(content);
  } finally {
    record.close();
  }
}
