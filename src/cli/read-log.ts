import { createReadStream, fstatSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip } from 'node:zlib';
import { diagnoseLog } from '../boot/diagnose.ts';
import { LineSplitter } from '../console/lines.ts';
import { KexecLabError, UsageError } from '../errors.ts';
import { isFileError, namedFileError } from '../file-error.ts';
import { formatOf, hasMagic } from '../formats/magic.ts';
import { openInput, sizeInWords } from '../host/user-file.ts';
import type { DiagnosedLog, Excerpt, ExcerptLine } from '../report/diagnosis-text.ts';
import { standardInput } from '../report/diagnosis-text.ts';
import { asUtf8, binaryKind, encodingOf, encodingSample } from '../transcript/text-encoding.ts';
/** What standard input holds is kept for the excerpts up to this size. Bytes. */
const mostKept = 4 * 2 ** 20;

/**
 * Diagnoses a log.
 * @param options `excerpts`: also the lines around those that decide; a file is read a second time for them
 * @throws UsageError where it cannot be read
 */
export async function readLog(
  log: string,
  { excerpts }: { excerpts: boolean },
): Promise<DiagnosedLog> {
  const kept: Uint8Array[] = [];
  const source = await openLog(log);
  const isStream = log === '-' || log.startsWith('/dev/') || log.startsWith('/proc/');
  const diagnosis = await diagnoseLog(excerpts && isStream ? keeping(source, kept) : source);
  const place = log === '-' ? standardInput : log;
  const lines = diagnosis.outcome.evidence.flatMap(({ line }) => (line === null ? [] : [line]));
  if (!excerpts || lines.length === 0) return { place, diagnosis, excerpts: [] };
  const again = isStream ? fromMemory(kept) : await openLog(log);
  return { place, diagnosis, excerpts: await readExcerpts(again, lines) };
}

/** A pipe cannot be read twice. Of a long one nothing is kept. */
async function* keeping(
  source: AsyncIterable<Uint8Array>,
  kept: Uint8Array[],
): AsyncIterable<Uint8Array> {
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size <= mostKept) kept.push(Buffer.from(chunk));
    else kept.length = 0;
    yield chunk;
  }
}

async function* fromMemory(kept: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* await Promise.resolve(kept);
}

/** As many lines are shown before and behind each line that decides. */
const around = 3;

/**
 * Reads the lines that decide, with those around them, out of a log. Reads no further than it has to.
 * @param decisive 1-based
 */
async function readExcerpts(
  log: AsyncIterable<Uint8Array>,
  decisive: readonly number[],
): Promise<Excerpt[]> {
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

/** Puts lines that follow each other together. */
function inRows(lines: readonly ExcerptLine[]): Excerpt[] {
  const rows: Excerpt[] = [];
  for (const each of lines) {
    const row = rows.at(-1);
    if (row !== undefined && row.at(-1)?.line === each.line - 1) row.push(each);
    else rows.push([each]);
  }
  return rows;
}

type Bytes = AsyncIterable<Uint8Array>;

/** Formats that another tool of the same name reads. */
const foreignFormats = ['xz', 'zstd', 'bzip2'] as const;

/** A serial console at 115200 baud takes hours for so much; it is read in seconds. Bytes, and lines. */
const mostLog = 128 * 2 ** 20;
const mostLines = 4_000_000;

/** Compressed data within compressed data: somebody may have done it twice by mistake. */
const mostLayers = 4;

/**
 * Opens a console log: a file, a pipe of the shell's (`<(…)`), or `-` for standard input. Gzip is unpacked and UTF-16
 * and UTF-32 decoded, whatever the file is called; a gzip file that was cut off is read as far as it goes.
 * @throws UsageError where there is nothing to read, or more than a log has, or in a format only another tool reads
 */
export async function openLog(log: string): Promise<Bytes> {
  if (log === '-') {
    // Node takes a directory on standard input for an empty file.
    refuseDirectory(fstatSync(0), 'standard input');
    return decoded(process.stdin as Bytes, 'standard input');
  }
  const found = await stat(log).catch((error: unknown) => {
    throw cannotRead(log, error);
  });
  refuseDirectory(found, log);
  if (isOpenPipe(log, found)) return decoded(createReadStream(log) as Bytes, log);
  const { descriptor } = openInput(log, mostLog, { hint: sizeHint });
  return decoded(createReadStream(log, { fd: descriptor }) as Bytes, log);
}

/** What the shell makes of `<(…)` has a writer, or has an end. */
function isOpenPipe(log: string, found: Stats): boolean {
  return found.isFIFO() && /^\/(dev\/(fd\/\d+|stdin)|proc\/self\/fd\/\d+)$/.test(log);
}

const binaryHint = 'Give the text of the serial console, as it was recorded or pasted.';

const sizeHint = 'Give the part with the boot: tail -c 100M LOG | kexec-lab diagnose -';

function refuseDirectory(found: Stats, place: string): void {
  if (found.isDirectory()) {
    throw new UsageError('this is a directory, not a console log', {
      place,
      hint: 'Name one file of it; a run of kexec-lab keeps the console in <arch>/<scenario>/console.raw.',
    });
  }
}

/**
 * A log's bytes as UTF-8 with `\n` at the end of each line: looks at the first bytes, and puts the right decoder in front.
 * @throws UsageError where it is no text, or cannot be read
 */
export async function* decoded(source: Bytes, place: string, layers = 0): Bytes {
  try {
    const { head, all } = await peek(bounded(source, place), encodingSample);
    const tool = formatOf(head, foreignFormats);
    if (tool !== undefined) {
      throw new UsageError(`this is a file compressed by ${tool}`, {
        place,
        hint: `Try: ${tool} -dc ${place} | kexec-lab diagnose -`,
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

/** A stream that ends with an error where it becomes larger than a log; so a bomb does no harm at any layer. */
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

/** The first bytes of a stream, and the stream with them still in it. */
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

async function* gunzip(bytes: Bytes): Bytes {
  // Flushing at the end instead of finishing takes a file that was cut off for what it holds.
  const unpacker = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  const done = pipeline(Readable.from(bytes), unpacker);
  // The reader below sees the same error.
  done.catch(() => undefined);
  let some = false;
  try {
    for await (const chunk of unpacker as Bytes) {
      some = true;
      yield chunk;
    }
    await done;
  } catch (error) {
    // What stands behind the end of the compressed log and is none itself belongs to somebody else.
    const isTail = some && /incorrect header check|unknown compression/.test(String(error));
    if (!isTail) throw error;
  }
}

function cannotRead(place: string, error: unknown): KexecLabError {
  const hint = 'Name a saved console log, or - to read it from standard input.';
  if (isFileError(error)) return namedFileError(error, { place, doing: 'read this log', hint });
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = code === 'Z_DATA_ERROR' ? 'the gzip data is damaged' : message;
  return new UsageError(`cannot read this log: ${reason}`, { place, hint, cause: error });
}
