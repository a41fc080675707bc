import { constants, existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { cp, lstat, stat } from 'node:fs/promises';
import { join, dirname } from 'node:path';
import { UsageError } from '../errors.ts';
import { hostFileError, namedFileError } from '../file-error.ts';
import { ownVersion } from '../host/directories.ts';
import { readInput } from '../host/user-file.ts';
import { firstIssue } from '../model/boot.ts';
import type { CaseResult } from '../model/result.ts';
import type { CaseReference, LabEvent, Environment } from '../model/run.ts';
import { eventSchema } from '../model/run.ts';

/** Runs on disk: find them, read their records, copy their cases. */

type RunStarted = Extract<LabEvent, { type: 'run-started' }>;

/** A run as it was read from its directory. */
export type RecordedRun = {
  /** The directory it was read from; it may have been written elsewhere. */
  path: string;
  start: RunStarted;
  /** The events between the start and the end, in order. */
  events: LabEvent[];
  /** The last result of each case, by case id. */
  results: Map<string, CaseResult>;
  environment: Environment;
  wallSeconds: number;
  /** For a run that was killed or is still running: how many cases have no result. Otherwise null. */
  unfinished: number | null;
};

/**
 * Finds run directories: the given ones and those in them, each once, in order. `latest` is skipped, be it a link to another
 * run or a copy.
 * @throws UsageError for a directory that cannot be read or contains no run
 */
export function findRuns(directories: readonly string[]): string[] {
  const found = directories.flatMap((directory) => {
    const runs = search(directory, deepest);
    if (runs.length > 0) return runs;
    throw new UsageError('no run found here', {
      place: directory,
      hint: 'Name a run directory (it contains events.jsonl) or a directory of runs.',
    });
  });
  return [...new Map(found.map((path) => [realpathSync(path), path])).values()];
}

/** How deep runs are searched. CI systems unpack each artifact into a directory of its own, with the runs in `runs`. */
const deepest = 4;

function search(directory: string, depth: number): string[] {
  if (existsSync(recordIn(directory))) return [directory];
  if (depth === 0) return [];
  return subdirectories(directory).flatMap((path) => search(path, depth - 1));
}

function subdirectories(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name !== 'latest')
      .sort()
      .map((name) => join(directory, name))
      .filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);
  } catch (cause) {
    throw namedFileError(cause, { place: directory, doing: 'list this directory' });
  }
}

/** The record in the directory of a run. */
export const recordIn = (directory: string): string => join(directory, 'events.jsonl');

/**
 * Reads `events.jsonl`, also of an unfinished run: its last line may be incomplete, and cases without a result become
 * `interrupted`.
 * @throws UsageError with file and line if the file is damaged or is not the record of a run
 */
export function readRun(file: string): RecordedRun {
  const refuse = (line: number, message: string): never => {
    throw new UsageError(message, {
      place: `${file}:${line}`,
      hint: 'The record is damaged, or another version of kexec-lab wrote it. Run this shard again.',
    });
  };
  const lines = readInput(file, mostRecord, { doing: 'read this run' }).toString().split('\n');
  // The text after the last line break was being written.
  const whole = lines.slice(0, -1);
  const events = whole.map((line, index) => parseEvent(line, (why) => refuse(index + 1, why)));
  const last = Math.max(whole.length, 1);
  const [start, ...others] = events;
  if (start?.type !== 'run-started') return refuse(1, 'the first line does not begin a run');
  const newest = others.at(-1);
  const end = newest?.type === 'run-finished' ? newest : undefined;
  if (end !== undefined) others.pop();
  const again = others.findIndex(({ type }) => type === 'run-started' || type === 'run-finished');
  if (again !== -1) refuse(again + 2, 'a second run begins or ends here');
  const results = new Map<string, CaseResult>();
  for (const [index, event] of others.entries()) {
    if (event.type !== 'case-finished') continue;
    if (results.has(event.case.id)) refuse(index + 2, `${event.case.id} has a second result`);
    results.set(event.case.id, event.result);
  }
  const known = new Set(start.cases.map(({ id }) => id));
  const unknown = [...results.keys()].find((id) => !known.has(id));
  if (unknown !== undefined) refuse(last, `${unknown} has a result, but is not a case of this run`);
  const missing = start.cases.filter(({ id }) => !results.has(id));
  const [first] = missing;
  if (end !== undefined && first !== undefined) refuse(last, `${first.id} has no result`);
  const between = others.filter(({ type }) => type !== 'environment');
  const seconds = (others.at(-1)?.at ?? 0) / 1000;
  for (const case_ of missing) {
    const result = unfinishedResult(case_, between);
    results.set(case_.id, result);
    const at = others.at(-1)?.at ?? 0;
    between.push({ at, type: 'case-finished', case: case_, result });
  }
  const surroundings = others.find((event) => event.type === 'environment');
  if (end !== undefined && surroundings === undefined)
    return refuse(last, 'the event "environment" is missing');
  return {
    path: dirname(file),
    start,
    events: between,
    results,
    environment: surroundings?.environment ?? unknownEnvironment(),
    wallSeconds: end?.report.summary.wallSeconds ?? seconds,
    unfinished: end === undefined ? missing.length : null,
  };
}

/** Limit for the size of a record, in bytes. That of a thousand cases is smaller. */
const mostRecord = 64 * 2 ** 20;

function parseEvent(line: string, refuse: (why: string) => never): LabEvent {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return refuse('this line is incomplete');
  }
  const { success, data, error } = eventSchema.safeParse(value);
  if (success) return data;
  return refuse(firstIssue(error));
}

/** The result of a case that had none when its run was killed, or that is still running: how far it got. */
function unfinishedResult(
  { id, scenario, arch, repeat }: CaseReference,
  events: readonly LabEvent[],
): CaseResult {
  const own = events.filter((event) => 'case' in event && event.case.id === id);
  const begun = own.findLast((event) => event.type === 'case-started');
  const stage = own.findLast((event) => event.type === 'case-stage');
  const retried = own.filter((event) => event.type === 'case-retried');
  const seconds = ((own.at(-1)?.at ?? 0) - (begun?.at ?? 0)) / 1000;
  const reached = stage && ` (generation ${stage.generation}, ${stage.stage})`;
  const reason =
    begun === undefined
      ? 'the run is not finished; this case had not begun'
      : `the run is not finished; this case was running${reached ?? ''}`;
  return {
    ...{ scenario, arch, repeat, verdict: 'interrupted', reasons: [reason], place: scenario },
    ...{ outcome: null, expected: { outcome: 'unknown' }, evidence: [], captures: {} },
    ...{ generation: stage?.generation ?? 0, stage: stage?.stage ?? null, meaning: '', cure: '' },
    ...{ reported: [], steps: [], stages: [], price: null, checkpoint: null, entropy: [] },
    ...{ autopsy: null, secondOpinion: null, recording: null, release: null, packages: [] },
    wallSeconds: Math.round(seconds * 1000) / 1000,
    attempts: retried.map(({ result }) => {
      return { verdict: result.verdict, outcome: result.outcome, wallSeconds: result.wallSeconds };
    }),
    directory: begun?.directory ?? `${arch}/${scenario}`,
    flaky: false,
  };
}

/** For an unfinished run: its environment is written when it ends. */
function unknownEnvironment(): Environment {
  const unknown = 'unknown';
  return {
    kexecLab: ownVersion(),
    node: unknown,
    host: { os: unknown, arch: unknown, cpus: 0, cpuModel: unknown, memoryMiB: 0 },
    qemu: {},
    images: {},
    packages: [],
  };
}

/**
 * Copies the files of all cases and attempts (consoles, signals, results) into `directory`. Links are not copied: those of a
 * run from another machine could point anywhere. A case that did not run has no files.
 * @throws UnavailableError if the disk is full
 */
export async function copyCases(runs: readonly RecordedRun[], directory: string): Promise<void> {
  for (const { path, events } of runs) {
    const kept = events.flatMap((event) => (event.type === 'case-started' ? event.directory : []));
    for (const relative of kept) {
      const from = join(path, relative);
      const there = await stat(from).catch(() => null);
      if (there === null) continue;
      await cp(from, join(directory, relative), {
        recursive: true,
        mode: constants.COPYFILE_FICLONE,
        filter: isPlain,
      }).catch((cause: unknown) => {
        throw hostFileError(cause, { place: from, doing: 'copy this case' });
      });
    }
  }
}

async function isPlain(path: string): Promise<boolean> {
  const found = await lstat(path);
  return found.isFile() || found.isDirectory();
}
