import { closeSync, readSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import { namedFileError } from '../file-error.ts';
import { openInput } from '../host/input-file.ts';

/** Bytes that can be read anywhere: a file's, or those a file says where they belong. */
export type Bytes = {
  size: number;
  /** Fewer than asked for where they end. */
  read: (offset: number, length: number) => Buffer;
};

/** A file that is read piece by piece, for it may be as large as a server's memory. */
export type DumpFile = Bytes & { close: () => void };

/** The most that is read at once. The size comes from the dump, which may claim anything. Bytes. */
const mostAtOnce = 2 ** 29;

/** @throws UsageError for what cannot be opened or read, is no regular file, or has nothing in it */
export function openDumpFile(file: string): DumpFile {
  const { descriptor, size } = openInput(file, Infinity);
  try {
    if (size === 0) throw new UsageError('this file is empty', { place: file });
    return {
      size,
      read(offset, length) {
        const wanted = Math.max(0, Math.min(length, size - offset, mostAtOnce));
        if (!(wanted > 0 && offset >= 0)) return Buffer.alloc(0);
        const bytes = Buffer.alloc(wanted);
        try {
          return bytes.subarray(0, readSync(descriptor, bytes, 0, wanted, offset));
        } catch (cause) {
          throw namedFileError(cause, { place: file, doing: `read this dump at byte ${offset}` });
        }
      },
      close() {
        closeSync(descriptor);
      },
    };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}
