import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { UsageError } from '../errors.ts';
import { readInput } from '../host/input-file.ts';
import { firstIssue } from '../schemas/first-issue.ts';
import { runReportSchema } from '../schemas/run.ts';
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
  const value = readJson(file);
  const known = anyReport.safeParse(value);
  const schema = known.success ? known.data.schema : undefined;
  if (schema === 'kexec-lab/run@1') {
    const report = validate(runReportSchema, value, file, 'Run it again, or choose another run.');
    return { record: recordOf(report), run: { directory: dirname(file), report } };
  }
  if (schema !== 'kexec-lab/baseline@1') {
    const what = schema === undefined ? 'is neither a run nor a baseline' : `is a ${schema}`;
    throw new UsageError(`${what}; a kexec-lab/run@1 or a kexec-lab/baseline@1 is wanted`, {
      place: file,
      hint: 'Name the directory of a run (such as runs/latest), or a file that `kexec-lab baseline accept` wrote.',
    });
  }
  const hint = 'Write it again with `kexec-lab baseline accept`.';
  return { record: validate(recordSchema, value, file, hint), run: null };
}

async function reportFile(place: string): Promise<string> {
  const isDirectory = await stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isDirectory ? join(place, 'report.json') : place;
}

function validate<T>(schema: z.ZodType<T>, value: unknown, file: string, hint: string): T {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  throw new UsageError(`this record is damaged: ${firstIssue(error)}`, { place: file, hint });
}

/** Larger than the report of a thousand cases. Bytes. */
const mostReport = 64 * 2 ** 20;

function readJson(file: string): unknown {
  const hint = 'A run that was killed leaves no report.json; choose a finished run.';
  const text = readInput(file, mostReport, { doing: 'read this run', hint }).toString();
  try {
    return JSON.parse(text);
  } catch (cause) {
    // V8's words quote the text; a stack that is too small is told apart by nothing but its class.
    const why = cause instanceof RangeError ? 'it is nested too deeply' : 'it is not JSON';
    throw new UsageError(`this is not a record: ${why}`, { place: file, hint, cause });
  }
}
