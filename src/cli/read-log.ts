import type { Diagnosis } from '../boot/diagnose-log.ts';
import { diagnoseLog } from '../boot/diagnose-log.ts';
import { openLog } from './diagnose-input.ts';
import type { Excerpt } from './excerpts.ts';
import { readExcerpts } from './excerpts.ts';

/** What standard input holds is kept for the excerpts up to this size. Bytes. */
const mostKept = 4 * 2 ** 20;

/** A log, what it shows, and the lines that say so. */
export type ReadLog = { place: string; diagnosis: Diagnosis; excerpts: Excerpt[] };

/** What a log from standard input is called. */
export const standardInput = 'stdin';

/**
 * Diagnoses a log.
 * @param options `excerpts`: also the lines around those that decide; a file is read a second time for them
 * @throws UsageError where it cannot be read
 */
export async function readLog(log: string, { excerpts }: { excerpts: boolean }): Promise<ReadLog> {
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
