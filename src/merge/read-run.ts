import { dirname, join } from 'node:path';
import { UsageError } from '../errors.ts';
import { readInput } from '../host/input-file.ts';
import { eventSchema, firstIssue } from '../lab/event-schema.ts';
import type { LabEvent } from '../lab/events.ts';
import type { CaseResult, Environment } from '../lab/result.ts';

type RunStarted = Extract<LabEvent, { type: 'run-started' }>;

/** A finished run as its directory tells it. */
export type RecordedRun = {
  /** The directory it was read from, wherever it was made. */
  path: string;
  start: RunStarted;
  /** What happened between the start and the end, in order. */
  events: LabEvent[];
  /** The last result of every case, by the case's id. */
  results: Map<string, CaseResult>;
  environment: Environment;
  wallSeconds: number;
};

/**
 * Reads `events.jsonl`.
 * @throws UsageError, with file and line, for one that is no record, is damaged, or ends before the run did.
 */
export function readRun(file: string): RecordedRun {
  const refuse = (line: number, message: string): never => {
    throw new UsageError(message, {
      place: `${file}:${line}`,
      hint: 'The record is damaged, or of another version of kexec-lab. Run this shard again.',
    });
  };
  const lines = readInput(file, mostRecord).toString().split('\n');
  const whole = lines.at(-1) === '' ? lines.slice(0, -1) : lines;
  const events = whole.map((line, index) => parseEvent(line, (why) => refuse(index + 1, why)));
  const last = Math.max(whole.length, 1);
  const [start, ...others] = events;
  if (start?.type !== 'run-started') return refuse(1, 'a run does not begin here');
  const end = others.pop();
  if (end?.type !== 'run-finished') return refuse(last, 'the record ends before the run did');

  const again = others.findIndex(({ type }) => type === 'run-started' || type === 'run-finished');
  if (again !== -1) refuse(again + 2, 'another run begins or ends here');
  const results = new Map<string, CaseResult>();
  for (const [index, event] of others.entries()) {
    if (event.type !== 'case-finished') continue;
    if (results.has(event.case.id)) refuse(index + 2, `${event.case.id} ends for the second time`);
    results.set(event.case.id, event.result);
  }
  const known = new Set(start.cases.map(({ id }) => id));
  const unknown = [...results.keys()].find((id) => !known.has(id));
  if (unknown !== undefined) refuse(last, `${unknown} was not asked for`);
  const missing = start.cases.find(({ id }) => !results.has(id));
  if (missing !== undefined) refuse(last, `${missing.id} has no result`);
  const surroundings = others.find((event) => event.type === 'environment');
  if (surroundings === undefined) return refuse(last, 'nothing says what the run was made with');
  return {
    path: dirname(file),
    start,
    events: others.filter(({ type }) => type !== 'environment'),
    results,
    environment: surroundings.environment,
    wallSeconds: end.report.summary.wallSeconds,
  };
}

/** The record of a run in its directory. */
export const recordIn = (directory: string): string => join(directory, 'events.jsonl');

/** Larger than the record of a thousand cases. Bytes. */
const mostRecord = 64 * 2 ** 20;

function parseEvent(line: string, refuse: (why: string) => never): LabEvent {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return refuse('this line is not whole');
  }
  const { success, data, error } = eventSchema.safeParse(value);
  if (success) return data;
  return refuse(firstIssue(error));
}
