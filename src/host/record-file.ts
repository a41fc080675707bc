import { closeSync, openSync, writeSync } from 'node:fs';
import { hostFileError } from '../file-error.ts';

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
