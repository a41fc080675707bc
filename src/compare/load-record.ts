import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { UsageError } from '../errors.ts';
import { namedFileError } from '../file-error.ts';
import type { RunReport } from '../lab/result.ts';
import type { RunOnDisk } from './representative.ts';
import type { RunRecord } from './record.ts';
import { recordOf, recordSchema } from './record.ts';

const anyReport = z.looseObject({ schema: z.string() });

/** What was read. A baseline file is not a run: nothing is left of it to look at. */
export type Loaded = { record: RunRecord; run: RunOnDisk | null };

/**
 * Reads what is to be compared: a run's directory, its report.json, or a baseline file.
 * @throws UsageError for what is none of these, and for a report of a newer kind.
 */
export async function loadRecord(place: string): Promise<Loaded> {
  const file = await reportFile(place);
  const value = parseJson(await readText(file), file);
  const known = anyReport.safeParse(value);
  const schema = known.success ? known.data.schema : undefined;
  if (schema === 'kexec-lab/run@1') {
    const report = value as RunReport;
    return { record: recordOf(report), run: { directory: dirname(file), report } };
  }
  if (schema !== 'kexec-lab/baseline@1') {
    const what = schema === undefined ? 'is neither a run nor a baseline' : `is a ${schema}`;
    throw new UsageError(`${what}; a kexec-lab/run@1 or a kexec-lab/baseline@1 is wanted`, {
      place: file,
      hint: 'Name the directory of a run (such as runs/latest), or a file that `kexec-lab baseline accept` wrote.',
    });
  }
  const record = recordSchema.safeParse(value);
  if (record.success) return { record: record.data, run: null };
  throw new UsageError(`is no whole baseline: ${z.prettifyError(record.error)}`, {
    place: file,
    hint: 'Write it again with `kexec-lab baseline accept`.',
  });
}

async function reportFile(place: string): Promise<string> {
  const isDirectory = await stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isDirectory ? join(place, 'report.json') : place;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw namedFileError(cause, {
      place: file,
      doing: 'read this run',
      hint: 'Choose a finished run: a run that was killed leaves no report.json.',
    });
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`is no JSON: ${(cause as Error).message}`, { place: file, cause });
  }
}
