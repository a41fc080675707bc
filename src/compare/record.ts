import * as z from 'zod';
import { arches } from '../arch.ts';
import { outcomeIds, stages } from '../boot/outcome.ts';
import { ownRecipes } from '../image/catalog.ts';
import { inputsOf } from '../image/recipe.ts';
import type { RunReport } from '../lab/result.ts';
import type { Side } from './side.ts';
import { sidesOf } from './side.ts';

export const sideSchema = z.strictObject({
  scenario: z.string().regex(/^[a-z0-9-]+$/),
  arch: z.enum(arches),
  expected: z.enum(outcomeIds),
  passes: z.int().min(0).max(1e6),
  fails: z.int().min(0).max(1e6),
  untold: z.int().min(0).max(1e6),
  tallies: z.array(
    z.strictObject({
      fingerprint: z.string(),
      outcome: z.enum(outcomeIds),
      stage: z.enum(stages),
      generation: z.int().min(0),
      proof: z.string(),
      count: z.int().min(1),
    }),
  ),
  cost: z.record(z.string(), z.array(z.number().min(0).max(1e9))),
});

/** What is kept of a run to compare others with: a baseline file, made for people to review in git. */
export const recordSchema = z.strictObject({
  schema: z.literal('kexec-lab/baseline@1'),
  /** QEMU's version, by architecture. */
  qemu: z.record(z.string(), z.string()),
  /** Content keys of what boots first, by `arch/recipe`. What kexec starts is what is compared. */
  images: z.record(z.string(), z.string()),
  /** Releases that came up behind a kexec, by architecture. */
  releases: z.record(z.string(), z.array(z.string())),
  scenarios: z.record(z.string(), sideSchema),
});

export type RunRecord = z.infer<typeof recordSchema>;

/** The record of a run. Nothing in it tells when or where it was made; everything is in a fixed order. */
export function recordOf({ environment, results }: RunReport): RunRecord {
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

/** A record as its file has it. */
export function recordText(record: RunRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** A record's sides, as `compareSides` wants them. */
export function sidesIn({ scenarios }: RunRecord): Map<string, Side> {
  return new Map(Object.entries(scenarios));
}

/** What two records have not in common though they should, one sentence each. */
export function differencesOf(a: RunRecord, b: RunRecord): string[] {
  const differ = (what: string, ours: Record<string, string>, theirs: Record<string, string>) =>
    Object.keys(ours)
      .filter((key) => theirs[key] !== undefined && ours[key] !== theirs[key])
      .map((key) => `${what} ${key}: ${ours[key] ?? ''} and ${theirs[key] ?? ''}`);
  return [...differ('QEMU for', a.qemu, b.qemu), ...differ('image', a.images, b.images)];
}

function bootsFirst(name: string): boolean {
  const catalog = ownRecipes;
  const isSecond = (recipe: string): boolean => {
    const found = catalog.get(recipe);
    if (recipe === 'distro-kernel' || found === undefined || found.kind === 'disk') return true;
    return found.kind === 'system' || inputsOf(found).some(isSecond);
  };
  return !isSecond(name.slice(name.indexOf('/') + 1));
}

function sorted<Value>(entries: (readonly [string, Value])[]): Record<string, Value> {
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
