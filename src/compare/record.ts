import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import * as z from 'zod';
import { arches } from '../arch.ts';
import { UsageError } from '../errors.ts';
import { readInput } from '../host/user-file.ts';
import { ownRecipes, inputsOf } from '../image/recipes/recipe.ts';
import { firstIssue } from '../model/boot.ts';
import type { Baseline, Side } from '../model/comparison.ts';
import { baselineSchema } from '../model/comparison.ts';
import type { RunReport } from '../model/run.ts';
import { runReportSchema } from '../model/run.ts';
import type { RunOnDisk } from './side.ts';
import { sidesOf } from './side.ts';

/** The record, and the run it is from; null for a baseline file, which has no consoles. */
export type Loaded = { record: Baseline; run: RunOnDisk | null };

/**
 * Reads one side of a comparison: a run directory, its report.json, or a baseline file.
 * @throws UsageError for anything else, and for a report of a newer version
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
    throw new UsageError(`${what}; expected kexec-lab/run@1 or kexec-lab/baseline@1`, {
      place: file,
      hint: 'Name the directory of a run (such as runs/latest), or a file that `kexec-lab baseline accept` wrote.',
    });
  }
  const hint = 'Write it again with `kexec-lab baseline accept`.';
  return { record: validate(baselineSchema, value, file, hint), run: null };
}

/** The record of a run, in a fixed order and without times or places, so that equal results give equal records. */
export function recordOf({ environment, results }: RunReport): Baseline {
  const versions = Object.entries(environment.qemu).map(([arch, { version }]) => {
    return [arch, version] as const;
  });
  const first = Object.entries(environment.images).filter(([name]) => bootsFirst(name));
  const releases = arches.map((arch) => {
    const proved = results.filter(
      (result) => result.arch === arch && result.outcome === 'booted' && result.generation > 1,
    );
    return [arch, [...new Set(proved.flatMap(({ release }) => release ?? []))].sort()] as const;
  });
  return {
    schema: 'kexec-lab/baseline@1',
    qemu: sorted(versions),
    images: sorted(first),
    releases: sorted(releases.filter(([, proved]) => proved.length > 0)),
    scenarios: sorted([...sidesOf(results)]),
  };
}

/** The text of a baseline file. */
export function recordText(record: Baseline): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** The sides of a record, for `compareSides`. */
export function sidesIn({ scenarios }: Baseline): Map<string, Side> {
  return new Map(Object.entries(scenarios));
}

/** Differences apart from the kernel (QEMU, first images, machines), which make times incomparable; one sentence each. */
export function differencesOf(a: Baseline, b: Baseline): string[] {
  const differ = (what: string, ours: Record<string, string>, theirs: Record<string, string>) =>
    Object.keys(ours)
      .filter((key) => theirs[key] !== undefined && ours[key] !== theirs[key])
      .map((key) => `${what} ${key}: ${ours[key] ?? ''} and ${theirs[key] ?? ''}`);
  return [
    ...differ('QEMU for', a.qemu, b.qemu),
    ...differ('image', a.images, b.images),
    ...new Set(machinesDiffer(a, b)),
  ];
}

/** Other machines in the same cases. Records of earlier versions do not name them. */
function machinesDiffer(a: Baseline, b: Baseline): string[] {
  return Object.entries(a.scenarios).flatMap(([key, { machine: ours }]) => {
    const theirs = b.scenarios[key]?.machine;
    const differ = ours !== undefined && theirs !== undefined && ours !== theirs;
    return differ ? [`machine: ${ours} and ${theirs}`] : [];
  });
}

function bootsFirst(name: string): boolean {
  const catalog = ownRecipes;
  const isSecond = (recipe: string): boolean => {
    // The record may come from a host that has a recipe of the user's in another place.
    if (isAbsolute(recipe) && !existsSync(recipe)) return true;
    const found = catalog.get(recipe);
    if (recipe === 'distro-kernel' || found === undefined || found.kind === 'disk') return true;
    return found.kind === 'system' || inputsOf(found).some(isSecond);
  };
  return !isSecond(name.slice(name.indexOf('/') + 1));
}

function sorted<Value>(entries: (readonly [string, Value])[]): Record<string, Value> {
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const anyReport = z.looseObject({ schema: z.string() });

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

/** Limit for the size of a report, in bytes. That of a thousand cases is smaller. */
const mostReport = 64 * 2 ** 20;

function readJson(file: string): unknown {
  const hint = 'A run that was killed leaves no report.json; choose a finished run.';
  const text = readInput(file, mostReport, { doing: 'read this run', hint }).toString();
  try {
    return JSON.parse(text);
  } catch (cause) {
    // V8's message quotes the text. Too deep nesting is a RangeError.
    const why = cause instanceof RangeError ? 'it is nested too deeply' : 'it is not JSON';
    throw new UsageError(`this is not a record: ${why}`, { place: file, hint, cause });
  }
}
