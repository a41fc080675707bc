/** Files of records that a command reads, adds to and writes again. */
import { renameSync } from 'node:fs';
import type * as z from 'zod';
import { UsageError } from '../errors.ts';
import { firstIssue } from '../model/boot.ts';
import { fileExists, writeRecord } from './files.ts';
import { readInput } from './user-file.ts';

/** The largest file that is read. Ten thousand pairs of kernels take about 10 MB. */
const mostBytes = 200 * 2 ** 20;

/**
 * Reads a JSON file; null if there is none.
 * @param words.what what the file should be, such as `a history of kexec-lab watch`
 * @throws UsageError for a file that is not that
 */
export async function readJson<Value>(
  file: string,
  schema: z.ZodType<Value>,
  { what, hint }: { what: string; hint: string },
): Promise<Value | null> {
  if (!(await fileExists(file))) return null;
  const text = readInput(file, mostBytes).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UsageError('this is not JSON', { place: file, hint, cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UsageError(`not ${what}: ${firstIssue(parsed.error)}`, { place: file, hint });
}

/** Writes a JSON file. A reader finds the old content or the new one, never a part of it. */
export function writeJson(file: string, value: unknown, indent: number): void {
  const aside = `${file}.new`;
  writeRecord(aside, `${JSON.stringify(value, null, indent)}\n`);
  renameSync(aside, file);
}
