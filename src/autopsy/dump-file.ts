import { closeSync, readSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import { openInput } from '../host/input-file.ts';

/** Bytes that can be read anywhere: a file's, or those a file says where they belong. */
export type Bytes = {
  size: number;
  /** Fewer than asked for where they end. */
  read: (offset: number, length: number) => Buffer;
};

/** A file that is read piece by piece, for it may be as large as a server's memory. */
export type DumpFile = Bytes & { close: () => void };

/** @throws UsageError for what cannot be opened, is no regular file, or has nothing in it */
export function openDumpFile(file: string): DumpFile {
  const { descriptor, size } = openInput(file, Infinity);
  try {
    if (size === 0) throw new UsageError('this file is empty', { place: file });
    return {
      size,
      read(offset, length) {
        const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - offset)));
        return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, offset));
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
