import { diagnoseLog, diagnosisDocument } from './boot/diagnose-log.ts';
import type { DiagnosisDocument } from './model/boot.ts';

/**
 * A console log: its text, its bytes, its lines (without line ends), or a stream of bytes cut anywhere, such as
 * `createReadStream('ttyS0.log')`. Bytes are UTF-8 and not compressed.
 */
export type ConsoleLog = string | Uint8Array | readonly string[] | AsyncIterable<Uint8Array>;

export type DiagnoseOptions = {
  /** Stops the reading; `diagnose` then rejects with the signal's reason. */
  signal?: AbortSignal;
};

/**
 * Says what a console log shows: the outcome, what proves it, what it means and what usually helps. The same code
 * watches the lab's own boots. Memory does not grow with the length of a stream.
 * @throws TypeError for what is not a console log, and whatever the stream throws
 */
export async function diagnose(
  log: ConsoleLog,
  { signal }: DiagnoseOptions = {},
): Promise<DiagnosisDocument> {
  return diagnosisDocument(await diagnoseLog(chunksOf(log, signal)));
}

async function* chunksOf(log: ConsoleLog, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  signal?.throwIfAborted();
  if (typeof log === 'string') yield Buffer.from(log);
  else if (log instanceof Uint8Array) yield log;
  else if (isLines(log)) yield Buffer.from(log.map(line).join('\n'));
  else if (isStream(log)) {
    for await (const chunk of log) {
      signal?.throwIfAborted();
      yield bytes(chunk);
    }
  } else {
    throw new TypeError('a console log is a string, bytes, an array of lines or a stream of bytes');
  }
}

function isLines(log: object): log is readonly string[] {
  return Array.isArray(log);
}

function isStream(log: unknown): log is AsyncIterable<unknown> {
  return typeof log === 'object' && log !== null && Symbol.asyncIterator in log;
}

function line(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TypeError('every line of a console log is a string');
}

/** Text in a stream may be lines (of node:readline) or pieces (after `setEncoding`); nothing tells which. */
function bytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  throw new TypeError(
    'a stream of a console log has bytes: do not set its encoding, and give lines as an array',
  );
}
