/** The files of a candidate: checking, identifying and downloading them. */
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream, closeSync, readSync, type Stats } from 'node:fs';
import { rename, rm, access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Arch } from '../arch.ts';
import { archWith } from '../arch.ts';
import { UnavailableError, UsageError } from '../errors.ts';
import { fileReason, namedFileError } from '../file-error.ts';
import { elfMachine, peMachine } from '../formats/executable.ts';
import { kernelKind, kernelHeaderBytes } from '../formats/kernel.ts';
import { hasMagic } from '../formats/magic.ts';
import { makeDirectory } from '../host/directories.ts';
import { hasContent } from '../host/files.ts';
import { openInput, sizeInWords } from '../host/user-file.ts';
import { keptDirectory, keptFile } from '../image/store/kept-files.ts';

/** The status of a file named in an option. `name` is the user's name for it. Throws UsageError if it cannot be read. */
export async function statOf(option: string, file: string, name = file): Promise<Stats> {
  try {
    const status = await stat(file);
    const enter = status.isDirectory() ? constants.X_OK : 0;
    await access(file, constants.R_OK | enter);
    return status;
  } catch (cause) {
    throw namedFileError(cause, { place: `${option} ${name}`, doing: 'read it' });
  }
}

/** Larger than any kernel package or initramfs. Bytes. */
const mostInputBytes = 2 ** 30;

/** Throws UsageError for anything other than a regular, non-empty file of at most `most` bytes. */
export function mustBeFile(
  option: string,
  file: string,
  { name = file, most = mostInputBytes }: { name?: string | undefined; most?: number } = {},
): void {
  const { descriptor, size } = openInput(file, most, {
    place: `${option} ${name}`,
    doing: 'read it',
  });
  closeSync(descriptor);
  if (size === 0) throw new UsageError('this file is empty', { place: `${option} ${name}` });
}

/** Whether a file is an ar archive, which is the format of a .deb. Its name does not matter. */
export function isArchive(file: string): boolean {
  return hasMagic(startOf(file), 'ar');
}

/** The first bytes of a file, enough to identify it. Throws UsageError if it is not a regular file. */
export function startOf(file: string): Buffer {
  const { descriptor } = openInput(file, Infinity);
  try {
    const start = Buffer.alloc(kernelHeaderBytes);
    return start.subarray(0, readSync(descriptor, start, 0, start.length, 0));
  } finally {
    closeSync(descriptor);
  }
}

/**
 * The architecture of a kernel image, from its first bytes. Throws UsageError if the file is not a kernel for ARM.
 * gzip files and EFI zboot images only exist for arm64: a zImage has its own compression.
 */
export function archOfKernel(header: Buffer, name: string): Arch {
  const kind = kernelKind(header);
  switch (kind) {
    case 'Image':
    case 'zboot':
    case 'gzip':
      return 'aarch64';
    case 'zImage':
      return 'arm';
    case 'UKI':
      return known(archWith('pe', peMachine(header) ?? 0), name, 'a unified kernel image');
    case 'uImage':
      return known(archWith('uImage', header[29] ?? 0), name, 'a uImage');
    case 'ELF':
      return known(archOfElf(header), name, 'an ELF file');
    case 'text':
    case 'unknown':
      throw new UsageError(
        `--kernel ${name}: this is not a kernel for arm or aarch64: it is ${kind === 'text' ? 'a text file' : describe(header)}`,
      );
  }
}

/** The architecture of a program. Throws UsageError if it is for another architecture or not a program. */
export function archOfProgram(header: Buffer, name: string): Arch {
  const arch = archOfElf(header);
  if (arch !== undefined) return arch;
  throw new UsageError(
    `--kexec-tools ${name}: this is neither a .deb nor a program for arm or aarch64`,
  );
}

function archOfElf(header: Buffer): Arch | undefined {
  const machine = elfMachine(header);
  return machine === null ? undefined : archWith('elf', machine);
}

function known(arch: Arch | undefined, name: string, what: string): Arch {
  if (arch !== undefined) return arch;
  throw new UsageError(`--kernel ${name}: this is ${what} for another architecture`);
}

function describe(header: Buffer): string {
  return hasMagic(header, 'x86Kernel') ? 'a kernel for x86' : 'in an unknown format';
}

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
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(
        size > mostInputBytes
          ? new Error(`it is larger than ${sizeInWords(mostInputBytes)}`)
          : null,
        chunk,
      );
    },
  });
  const body = Readable.fromWeb(response.body);
  await pipeline(body, measure, createWriteStream(file)).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw unavailable(fileReason(error, file), error);
  });
  return hash.digest('hex');
}
