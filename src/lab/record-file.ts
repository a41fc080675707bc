import { closeSync, openSync, writeSync } from 'node:fs';
import { UnavailableError } from '../errors.ts';
import { fileTrouble } from '../host/file-trouble.ts';

/** A file that only grows. What was written is with the operating system when `write` returns, whatever comes next. */
export type RecordFile = {
  write(content: Uint8Array | string): void;
  close(): void;
};

/**
 * Opens a record anew. Synchronous on purpose: evidence comes before what is made of it, and an error arises where
 * it belongs.
 * @throws UnavailableError when the file cannot be opened or, from `write`, when the disk takes no more.
 */
export function openRecord(file: string): RecordFile {
  const attempt = <Result>(action: () => Result): Result => {
    try {
      return action();
    } catch (cause) {
      throw new UnavailableError(`cannot be written: ${fileTrouble(cause)}`, {
        place: file,
        hint: 'Make room there, or choose another place with --out.',
        cause,
      });
    }
  };
  const descriptor = attempt(() => openSync(file, 'w'));
  return {
    write: (content) => {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      attempt(() => {
        for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
      });
    },
    close: () => {
      closeSync(descriptor);
    },
  };
}

/**
 * Writes a record that is complete.
 * @throws UnavailableError when it cannot be written.
 */
export function writeRecord(file: string, content: string): void {
  const record = openRecord(file);
  try {
    record.write(content);
  } finally {
    record.close();
  }
}
