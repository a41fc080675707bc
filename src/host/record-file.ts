import { closeSync, openSync, writeSync } from 'node:fs';
import { hostFileError } from '../file-error.ts';

/**
 * A file that only grows. What was written is with the operating system when `write` returns, whatever comes next. What is
 * written after `close` goes nowhere: a signal may come at any time, and a descriptor's number is soon another file's.
 */
export type RecordFile = {
  write(content: Uint8Array | string): void;
  /** May be called again. */
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
      const hint = 'Check its space and permissions, or choose another place with --out.';
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
