import { diagnoseLog } from '../boot/diagnose-log.ts';
import { LineSplitter } from '../console/lines.ts';
import type { DiagnosedLog, Excerpt, ExcerptLine } from '../report/diagnosis-text.ts';
import { standardInput } from '../report/diagnosis-text.ts';
import { openLog } from './diagnose-input.ts';

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
