import { EventEmitter } from 'node:events';

/**
 * Says `failed` for every write to standard output that failed, and `closed` where what runs should end because nobody
 * reads it. Not the signal SIGPIPE: that one also comes for any other pipe, such as that of a tool that ended early.
 */
export const standardOutput = new EventEmitter<{ closed: []; failed: [error: Error] }>();

/** Whether standard output failed because its reader has gone (a pipe, or a terminal that was closed). */
export function readerHasGone({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'EIO';
}
