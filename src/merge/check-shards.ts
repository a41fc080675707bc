import { UsageError } from '../errors.ts';
import type { CaseReference } from '../lab/events.ts';
import type { RecordedRun } from './read-run.ts';
import { recordIn } from './read-run.ts';

/**
 * Every case that was asked for, in the order of an undivided run. Shards of several runs may come together (one run per
 * architecture, say), and so may whole runs; each case must be there exactly once.
 * @throws UsageError for a case that is there twice, a shard that is not there, or different versions of kexec-lab.
 */
export function checkShards(runs: readonly RecordedRun[]): CaseReference[] {
  const owners = new Map<string, RecordedRun>();
  const versions = new Map<string, RecordedRun>();
  for (const run of runs) {
    for (const id of run.results.keys()) {
      const owner = owners.get(id);
      if (owner !== undefined) {
        throw new UsageError(`${id} is in ${recordIn(owner.path)} already`, {
          place: recordIn(run.path),
          hint: 'Merge the shards of one run, each once.',
        });
      }
      owners.set(id, run);
    }
    versions.set(run.environment.kexecLab, run);
  }
  const [one, other] = versions;
  if (one !== undefined && other !== undefined) {
    throw new UsageError(`made by kexec-lab ${other[0]}, others by ${one[0]}`, {
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
    `this is shard ${shard.index} of ${shard.count}, and another is missing: nobody ran ${first.id}${others}`,
    { place: recordIn(path), hint: 'Name the directories of all shards.' },
  );
}

/** The order of `expandCases`: by scenario, architecture and repeat. */
function asExpanded(a: CaseReference, b: CaseReference): number {
  if (a.scenario !== b.scenario) return a.scenario < b.scenario ? -1 : 1;
  if (a.arch !== b.arch) return a.arch < b.arch ? -1 : 1;
  return a.repeat - b.repeat;
}
