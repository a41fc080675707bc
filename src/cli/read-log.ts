import { closeSync, createReadStream, fstatSync, readSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { constants, createGunzip } from 'node:zlib';
import { diagnoseLog } from '../boot/diagnose.ts';
import { LineSplitter } from '../console/lines.ts';
import { KexecLabError, UsageError } from '../errors.ts';
import { isFileError, namedFileError } from '../file-error.ts';
import { formatOf, hasMagic } from '../formats/magic.ts';
import { openInput, sizeInWords } from '../host/user-file.ts';
import { LoadSearch, readMemoryMaps } from '../memory/read-memory-maps.ts';
import type { DiagnosedLog, Excerpt, ExcerptLine } from '../report/diagnosis-text.ts';
import { standardInput } from '../report/diagnosis-text.ts';
import { shellQuote } from '../text/shell.ts';
import { asUtf8, binaryKind, encodingOf, encodingSample } from '../transcript/text-encoding.ts';

type Bytes = AsyncIterable<Uint8Array>;

/** Compressed formats that are not read here; each is unpacked by a program of the same name. */
const foreignFormats = ['xz', 'zstd', 'bzip2'] as const;

/** The largest log that is read, in bytes and in lines. A serial console at 115200 baud takes hours to print as much. */
const mostLog = 128 * 2 ** 20;
const mostLines = 4_000_000;

/** Nested layers of gzip. A log may have been compressed twice by mistake. */
const mostLayers = 4;

/** The content of a pipe is kept for the excerpts up to this size. Bytes. */
const mostKept = 4 * 2 ** 20;

/** How much of a file is read at once, in bytes, and how often before other work has a turn. */
const chunkSize = 2 ** 16;
const chunksPerTurn = 16;

/** What standard input is called in messages. */
const inputName = 'standard input';

const binaryHint = 'Name a file with the text of the serial console, as it was recorded or pasted.';
const sizeHint = 'Diagnose only the part with the boot: tail -c 100M LOG | kexec-lab diagnose -';

/**
 * Diagnoses a log.
 * @param log a file, or `-` for standard input
 * @param options `excerpts`: also returns the decisive lines with those around them; a file is read a second time for them
 * @throws UsageError if the log cannot be read
 */
export async function readLog(
  log: string,
  { excerpts }: { excerpts: boolean },
): Promise<DiagnosedLog> {
  const kept: Uint8Array[] = [];
  const source = await openLog(log);
  const isStream = log === '-' || log.startsWith('/dev/') || log.startsWith('/proc/');
  const loads = new LoadSearch();
  const searched = loads.through(isStream ? keeping(source, kept) : source);
  const diagnosis = await diagnoseLog(searched);
  const place = log === '-' ? standardInput : log;
  const lines = diagnosis.outcome.evidence.flatMap(({ line }) => (line === null ? [] : [line]));
  const again = () => (isStream ? Promise.resolve(fromMemory(kept)) : openLog(log));
  return {
    ...{ place, diagnosis },
    memory: loads.found ? await readMemoryMaps(await again()) : [],
    excerpts: excerpts && lines.length > 0 ? await readExcerpts(await again(), lines) : [],
  };
}

/** Keeps what a pipe delivers, since it cannot be read twice. Nothing is kept of a long one. */
async function* keeping(source: Bytes, kept: Uint8Array[]): Bytes {
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size <= mostKept) kept.push(Buffer.from(chunk));
    else kept.length = 0;
    yield chunk;
  }
}

async function* fromMemory(kept: readonly Uint8Array[]): Bytes {
  yield* await Promise.resolve(kept);
}

/**
 * Opens a console log: a file, a pipe of the shell (`<(…)`), or `-` for standard input. Gzip is unpacked, and UTF-16 and
 * UTF-32 are decoded, regardless of the file's name. A truncated gzip file is read up to its end.
 * @throws UsageError if there is nothing to read, if the log is too large, or if only another program reads its format
 */
export async function openLog(log: string): Promise<Bytes> {
  if (log === '-') {
    // Node reads a directory on standard input as an empty file.
    refuseDirectory(fstatSync(0), inputName);
    return decoded(process.stdin as Bytes, inputName);
  }
  const found = await stat(log).catch((error: unknown) => {
    throw cannotRead(log, error);
  });
  refuseDirectory(found, log);
  if (isOpenPipe(log, found)) return decoded(createReadStream(log) as Bytes, log);
  const { descriptor } = openInput(log, mostLog, { hint: sizeHint });
  return decoded(chunksOf(descriptor), log);
}

/**
 * The content of a file, which is closed then. Each piece is valid until the next is asked for. A disk's cache is read without waiting, which for a stream takes as long as
 * the recognition of a quiet log; everything else has a turn from time to time.
 */
async function* chunksOf(descriptor: number): Bytes {
  const chunk = Buffer.alloc(chunkSize);
  try {
    for (let count = 1; ; count += 1) {
      const length = readSync(descriptor, chunk);
      if (length === 0) return;
      yield chunk.subarray(0, length);
      if (count % chunksPerTurn === 0) await setImmediate();
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Whether this is a pipe that the shell made for `<(…)`. Reading it cannot block for lack of a writer. */
function isOpenPipe(log: string, found: Stats): boolean {
  return found.isFIFO() && /^\/(dev\/(fd\/\d+|stdin)|proc\/self\/fd\/\d+)$/.test(log);
}

function refuseDirectory(found: Stats, place: string): void {
  if (found.isDirectory()) {
    throw new UsageError('this is a directory, not a console log', {
      place,
      hint: 'Name a file in it. In a run of kexec-lab, the console is <arch>/<scenario>/console.raw.',
    });
  }
}

/**
 * Decodes a log to UTF-8 with `\n` at the end of each line. The first bytes decide how.
 * @param place the name of the log in messages
 * @throws UsageError if it is not text, or cannot be read
 */
export async function* decoded(source: Bytes, place: string, layers = 0): Bytes {
  try {
    const { head, all } = await peek(bounded(source, place), encodingSample);
    const tool = formatOf(head, foreignFormats);
    if (tool !== undefined) {
      throw new UsageError(`this file is compressed with ${tool}`, {
        place,
        hint: `Unpack it: ${tool} -dc ${place === inputName ? 'LOG' : shellQuote(place)} | kexec-lab diagnose -`,
      });
    }
    if (hasMagic(head, 'gzip')) {
      if (layers === mostLayers)
        throw new UsageError(`this is compressed more than ${mostLayers} times`, { place });
      yield* decoded(gunzip(all), place, layers + 1);
      return;
    }
    const binary = binaryKind(head);
    if (binary !== null)
      throw new UsageError(`this is ${binary}, not a console log`, { place, hint: binaryHint });
    yield* asUtf8(all, encodingOf(head));
  } catch (error) {
    throw error instanceof KexecLabError ? error : cannotRead(place, error);
  }
}

/** Ends the stream with an error when it exceeds the limits. At each layer, so that a compression bomb is harmless. */
async function* bounded(source: Bytes, place: string): Bytes {
  const [limit, hint] = [sizeInWords(mostLog), sizeHint];
  let [bytes, lines] = [0, 0];
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > mostLog) throw new UsageError(`this log is larger than ${limit}`, { place, hint });
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines += 1;
    if (lines > mostLines)
      throw new UsageError(`this log has more than ${mostLines} lines`, { place, hint });
    yield chunk;
  }
}

/** The first bytes of a stream, and the whole stream including them. */
async function peek(source: Bytes, length: number): Promise<{ head: Buffer; all: Bytes }> {
  const rest = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < length) {
    const next = await rest.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  async function* all(): Bytes {
    yield head;
    yield* { [Symbol.asyncIterator]: () => rest };
  }
  return { head, all: all() };
}

/** Pieces that stay valid while the next ones are read. */
async function* copies(source: Bytes): Bytes {
  for await (const chunk of source) yield Buffer.from(chunk);
}

async function* gunzip(bytes: Bytes): Bytes {
  // Flushing at the end instead of finishing accepts a truncated file.
  const unpacker = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  const done = pipeline(Readable.from(copies(bytes)), unpacker);
  // The loop below throws the same error.
  done.catch(() => undefined);
  let some = false;
  try {
    for await (const chunk of unpacker as Bytes) {
      some = true;
      yield chunk;
    }
    await done;
  } catch (error) {
    // Data after the end of the compressed log that is not gzip itself does not belong to the log.
    const isTail = some && /incorrect header check|unknown compression/.test(String(error));
    if (!isTail) throw error;
  }
}

function cannotRead(place: string, error: unknown): KexecLabError {
  const hint = 'Name a saved console log, or - for standard input.';
  if (isFileError(error)) return namedFileError(error, { place, doing: 'read this log', hint });
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = code === 'Z_DATA_ERROR' ? 'the gzip data is damaged' : message;
  return new UsageError(`cannot read this log: ${reason}`, { place, hint, cause: error });
}

/** The number of lines shown before and after each decisive line. */
const around = 3;

/**
 * Reads the decisive lines of a log, with those around them. Stops reading after the last of them.
 * @param decisive line numbers, 1-based
 */
async function readExcerpts(log: Bytes, decisive: readonly number[]): Promise<Excerpt[]> {
  const last = Math.max(0, ...decisive) + around;
  const wanted = new Set(decisive.flatMap((line) => neighbours(line)));
  const splitter = new LineSplitter();
  const found: ExcerptLine[] = [];
  const keep = (line: number, text: string): void => {
    if (wanted.has(line)) found.push({ line, text, decides: decisive.includes(line) });
  };
  for await (const chunk of log) {
    const lines = splitter.feed(chunk);
    for (const { line, text } of lines) keep(line, text);
    if ((lines.at(-1)?.line ?? 0) >= last) return inRows(found);
  }
  for (const { line, text } of splitter.end()) keep(line, text);
  return inRows(found);
}

function neighbours(line: number): number[] {
  return Array.from({ length: 2 * around + 1 }, (_, index) => line - around + index);
}

/** Groups consecutive lines. */
function inRows(lines: readonly ExcerptLine[]): Excerpt[] {
  const rows: Excerpt[] = [];
  for (const each of lines) {
    const row = rows.at(-1);
    if (row !== undefined && row.at(-1)?.line === each.line - 1) row.push(each);
    else rows.push([each]);
  }
  return rows;
}
