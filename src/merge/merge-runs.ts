import { UsageError } from '../errors.ts';
import type { CaseResult } from '../model/result.ts';
import type {
  CaseReference,
  LabEvent,
  Environment,
  RunReport,
  IdleSkipping,
} from '../model/run.ts';
import { guestTimes } from '../model/vocabulary.ts';
import { exitCodeOf, summarise } from '../run/records.ts';
import type { RecordedRun } from './read-run.ts';
import { recordIn } from './read-run.ts';

/** The events and the report of the merged run. */
type MergedRun = { events: LabEvent[]; report: RunReport };

/**
 * Merges runs into one, which began when the first of them began and took as long as the longest. Events are ordered by the
 * time since the start of their own run, as if all had started together.
 * @throws UsageError, see `checkShards`.
 */
export function mergeRuns(
  runs: readonly [RecordedRun, ...RecordedRun[]],
  { id, directory }: { id: string; directory: string },
): MergedRun {
  const cases = checkShards(runs);
  const resultOf = new Map(runs.flatMap(({ results }) => [...results]));
  const results = cases.map((case_) => resultOf.get(case_.id) as CaseResult);
  const summary = summarise(results, Math.max(...runs.map(({ wallSeconds }) => wallSeconds)));
  const startedAt = runs.map(({ start }) => start.startedAt).sort()[0] ?? '';
  const environment = mergeEnvironments(runs.map((run) => run.environment));
  const report: RunReport = {
    schema: 'kexec-lab/run@1',
    id,
    startedAt,
    environment,
    results,
    summary,
    exitCode: exitCodeOf(summary),
  };
  const between = runs.flatMap(({ events }) => events).sort((a, b) => a.at - b.at);
  const at = between.at(-1)?.at ?? 0;
  const { jobs } = runs[0].start;
  const events: LabEvent[] = [
    {
      at: 0,
      type: 'run-started',
      schema: 'kexec-lab/events@1',
      id,
      startedAt,
      directory,
      cases,
      jobs,
    },
    ...between,
    { at, type: 'environment', environment },
    { at, type: 'run-finished', report },
  ];
  return { events, report };
}

/**
 * All requested cases, in the order of an undivided run. Shards of several runs (for example one per architecture) and whole
 * runs can be merged; each case must be present exactly once.
 * @throws UsageError for a duplicate case, a missing shard, or different versions of kexec-lab
 */
function checkShards(runs: readonly RecordedRun[]): CaseReference[] {
  const owners = new Map<string, RecordedRun>();
  const versions = new Map<string, RecordedRun>();
  for (const run of runs) {
    for (const id of run.results.keys()) {
      const owner = owners.get(id);
      if (owner !== undefined) {
        throw new UsageError(`${id} is already in ${recordIn(owner.path)}`, {
          place: recordIn(run.path),
          hint: 'Name each shard of a run once.',
        });
      }
      owners.set(id, run);
    }
    versions.set(run.environment.kexecLab, run);
  }
  const [one, other] = versions;
  if (one !== undefined && other !== undefined) {
    throw new UsageError(`written by kexec-lab ${other[0]}, other runs by ${one[0]}`, {
      place: recordIn(other[1].path),
      hint: 'Run all shards with the same version.',
    });
  }
  const wanted = new Map(
    runs.flatMap(({ start }) => start.shard?.all ?? start.cases).map((case_) => [case_.id, case_]),
  );
  for (const run of runs) refuseMissing(run, owners);
  return [...wanted.values()].sort(asExpanded);
}

function refuseMissing({ path, start }: RecordedRun, owners: ReadonlyMap<string, unknown>): void {
  const { shard } = start;
  const missing = shard?.all.filter(({ id }) => !owners.has(id)) ?? [];
  const [first] = missing;
  if (shard === undefined || first === undefined) return;
  const others = missing.length === 1 ? '' : ` and ${missing.length - 1} more`;
  throw new UsageError(
    `this is shard ${shard.index} of ${shard.count}, and another shard is missing: there is no result for ${first.id}${others}`,
    { place: recordIn(path), hint: 'Name the directories of all shards.' },
  );
}

/** The order of `expandCases`: by scenario, architecture and repeat. */
function asExpanded(a: CaseReference, b: CaseReference): number {
  if (a.scenario !== b.scenario) return a.scenario < b.scenario ? -1 : 1;
  if (a.arch !== b.arch) return a.arch < b.arch ? -1 : 1;
  return a.repeat - b.repeat;
}

/** Names all machines where they differ, with the smallest number of CPUs and the least memory. */
function mergeEnvironments(environments: Environment[]): Environment {
  const [first] = environments as [Environment];
  const hosts = environments.map(({ host }) => host);
  const all = (name: 'os' | 'arch' | 'cpuModel') => distinct(hosts.map((host) => host[name]));
  const packages = environments.flatMap((environment) => environment.packages);
  return {
    kexecLab: first.kexecLab,
    node: distinct(environments.map(({ node }) => node)),
    host: {
      os: all('os'),
      arch: all('arch'),
      cpus: Math.min(...hosts.map(({ cpus }) => cpus)),
      cpuModel: all('cpuModel'),
      memoryMiB: Math.min(...hosts.map(({ memoryMiB }) => memoryMiB)),
    },
    qemu: mergeQemus(environments.map(({ qemu }) => qemu)),
    images: Object.assign({}, ...environments.map(({ images }) => images)) as Environment['images'],
    packages: [...new Map(packages.map((item) => [JSON.stringify(item), item])).values()],
  };
}

function mergeQemus(all: Environment['qemu'][]): Environment['qemu'] {
  const merged: Environment['qemu'] = {};
  for (const arch of ['aarch64', 'arm'] as const) {
    const found = all.flatMap((qemu) => qemu[arch] ?? []);
    if (found.length === 0) continue;
    merged[arch] = {
      binary: distinct(found.map(({ binary }) => binary)),
      version: distinct(found.map(({ version }) => version)),
      accelerator: distinct(found.map(({ accelerator }) => accelerator)),
      // Shards may have used different QEMUs: the worst finding counts.
      idleSkipping: worst(found.flatMap(({ idleSkipping }) => idleSkipping ?? [])),
    };
  }
  return merged;
}

function worst(found: IdleSkipping[]): IdleSkipping | undefined {
  return found.sort((a, b) => guestTimes.indexOf(b.time) - guestTimes.indexOf(a.time))[0];
}

function distinct(words: string[]): string {
  return [...new Set(words)].join(' / ');
}
