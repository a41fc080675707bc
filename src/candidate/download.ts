import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UnavailableError, UsageError } from '../errors.ts';
import { fileReason } from '../file-error.ts';
import { makeDirectory } from '../host/directories.ts';
import { hasContent } from '../host/file-digest.ts';
import { keptDirectory, keptFile } from '../image/store/kept-files.ts';

/** Far larger than any kernel package. Bytes. */
const largest = 2 ** 30;

/**
 * Downloads a file into the cache, unless it is cached already, and verifies its SHA-256. Returns its path. Throws
 * UnavailableError if it cannot be downloaded, and UsageError if the checksum does not match.
 */
export async function download(
  cache: string,
  url: string,
  sha256: string,
  { signal, fetcher = fetch }: { signal?: AbortSignal | undefined; fetcher?: typeof fetch } = {},
): Promise<string> {
  const kept = keptFile(cache, sha256);
  if (await hasContent(kept, sha256)) return kept;
  const directory = keptDirectory(cache);
  await makeDirectory(directory);
  const partial = path.join(directory, `partial-${randomUUID()}`);
  try {
    const got = await fetchInto(partial, url, signal, fetcher);
    if (got !== sha256)
      throw new UsageError(`${url} does not match its checksum`, {
        hint: `The SHA-256 is ${got}, not ${sha256}: the file was damaged or replaced.`,
      });
    await rename(partial, kept);
    return kept;
  } finally {
    await rm(partial, { force: true });
  }
}

async function fetchInto(
  file: string,
  url: string,
  signal: AbortSignal | undefined,
  fetcher: typeof fetch,
): Promise<string> {
  const unavailable = (why: string, cause?: unknown) =>
    new UnavailableError(`${url} cannot be downloaded: ${why}`, { cause });
  const response = await fetcher(url, signal === undefined ? {} : { signal }).catch(
    (error: unknown) => {
      signal?.throwIfAborted();
      const { cause } = error as { cause?: Error };
      throw unavailable(cause?.message ?? (error as Error).message, error);
    },
  );
  if (!response.ok || response.body === null)
    throw unavailable(`the server answered ${response.status} ${response.statusText}`.trim());
  const hash = createHash('sha256');
  let size = 0;
  const look = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(size > largest ? new Error('it is larger than 1 GiB') : null, chunk);
    },
  });
  const body = Readable.fromWeb(response.body);
  await pipeline(body, look, createWriteStream(file)).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw unavailable(fileReason(error, file), error);
  });
  return hash.digest('hex');
}
