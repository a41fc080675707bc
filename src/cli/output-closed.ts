import { EventEmitter } from 'node:events';

/**
 * Says `closed` when the reader of our standard output has gone, with every write that finds out. Not the signal
 * SIGPIPE: that one also comes for any other pipe, such as that of a tool that ended early.
 */
export const standardOutput = new EventEmitter<{ closed: [] }>();
