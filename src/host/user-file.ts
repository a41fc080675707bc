import { statSync, closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { UsageError, type KexecLabError } from '../errors.ts';
import { namedFileError } from '../file-error.ts';

/** What an error message about an input contains besides the problem. */
type InputWords = {
  /** Where the user named it; default: the path. */
  place?: string;
  /** The failed action, such as `read this dump`; default: `read this file`. */
  doing?: string;
  /** What the user can do. */
  hint?: string;
};

/** Bytes in the units that people say them in: `1 GiB`. */
export function sizeInWords(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const unit = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(bytes || 1) / 10)));
  return `${Number((bytes / 1024 ** unit).toFixed(1))} ${units[unit] ?? ''}`;
}

/**
 * Checks a file that the user named before it is opened: it must be a regular file of at most `most` bytes. Reading a named
 * pipe without a writer would block, and reading a device might not end.
 * @throws UsageError
 */
export function checkInput(file: string, most: number, words: InputWords = {}): Stats {
  return refuseOdd(() => statSync(file), file, most, words);
}

/**
 * Opens a file that the user named, for reading. The checks apply to the opened file, even if the path is replaced between
 * check and opening.
 * @returns its descriptor, which the caller closes, and its size in bytes
 * @throws UsageError for anything other than a regular file of at most `most` bytes
 */
export function openInput(
  file: string,
  most: number,
  words: InputWords = {},
): { descriptor: number; size: number } {
  checkInput(file, most, words);
  // Without O_NONBLOCK, opening a named pipe that replaced the file would wait for a writer.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
  let descriptor: number;
  try {
    descriptor = openSync(file, flags);
  } catch (error) {
    throw unreadable(file, error, words);
  }
  try {
    const { size } = refuseOdd(() => fstatSync(descriptor), file, most, words);
    return { descriptor, size };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/**
 * Reads a whole file that the user named.
 * @throws UsageError for anything other than a regular file of at most `most` bytes
 */
export function readInput(file: string, most: number, words: InputWords = {}): Buffer {
  const { descriptor, size } = openInput(file, most, words);
  try {
    // A file of /proc has content although its size is 0. It may also grow while it is read.
    const bytes = Buffer.alloc(size === 0 ? Math.min(most, 2 ** 16) : size);
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, null);
      if (read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } catch (error) {
    throw unreadable(file, error, words);
  } finally {
    closeSync(descriptor);
  }
}

function refuseOdd(look: () => Stats, file: string, most: number, words: InputWords): Stats {
  let found: Stats;
  try {
    found = look();
  } catch (error) {
    throw unreadable(file, error, words);
  }
  const { place = file, hint } = words;
  const options = { place, ...(hint !== undefined && { hint }) };
  if (!found.isFile()) throw new UsageError(`this is ${kindOf(found)}, not a file`, options);
  if (found.size > most)
    throw new UsageError(
      `this file is larger than ${sizeInWords(most)} (${sizeInWords(found.size)})`,
      options,
    );
  return found;
}

function unreadable(file: string, cause: unknown, words: InputWords): KexecLabError {
  const { place = file, doing = 'read this file', hint } = words;
  return namedFileError(cause, { place, doing, ...(hint !== undefined && { hint }) });
}

/** The kind of a file, with its article. */
export function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a directory';
  if (found.isFIFO()) return 'a named pipe';
  if (found.isSocket()) return 'a socket';
  if (found.isCharacterDevice() || found.isBlockDevice()) return 'a device';
  return found.isFile() ? 'a file' : 'something else';
}

/**
 * Checks a file that is about to be written. Writing to a named pipe without a reader would block; other problems are
 * reported when the file is opened.
 * @throws UsageError for a named pipe
 */
export function checkOutput(file: string): void {
  let found;
  try {
    found = statSync(file);
  } catch {
    return;
  }
  if (!found.isFIFO()) return;
  throw new UsageError(`this is ${kindOf(found)}, which cannot be written to`, {
    place: file,
    hint: 'Name a file. To hand the text to a program, use standard output.',
  });
}
