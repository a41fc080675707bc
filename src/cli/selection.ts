/** What `kexec-lab run` and `kexec-lab check` boot: which cases, and which kernel is the current one. */
import type { Arch } from '../arch.ts';
import type { Candidate } from '../candidate/candidate.ts';
import type { CandidateWords } from '../candidate/parse-candidate.ts';
import { NothingSelectedError, UsageError } from '../errors.ts';
import type { Baseline } from '../model/comparison.ts';
import { count } from '../report/result-text.ts';
import type { Case } from '../scenario/scenario.ts';
import type { Shard } from '../scenario/select.ts';
import { expandCases, shardOf } from '../scenario/select.ts';
import { namedShapes, plain } from '../scenario/variants.ts';
import { findScenarios, lastFailed } from './find-scenarios.ts';
import type { MachineWords } from './machine-options.ts';
import { onMachines } from './machine-options.ts';
import { candidateOf } from './run-options.ts';

type SelectionOptions = MachineWords & {
  scenarios: string[];
  exclude: string[];
  arch: Arch[];
  repeat: number;
};

type ComparisonOptions = Omit<SelectionOptions, 'exclude'> & {
  /** The first kernels that each case is booted from; empty: the lab's own. */
  from: readonly string[];
};

type BaselineOptions = CandidateWords & {
  baseline?: string;
  against?: string;
  arch: Arch[];
  mirror?: string;
  withDeps?: boolean;
};

/** The default selection: a few cases that show differences between kernels. */
const usual = ['check'];

/** With first kernels of the user's, which multiply the cases: the plainest kexec. */
const usualFrom = { scenarios: ['kexec-to-distro'], shapes: [plain] };

/** The shapes that are booted by default. */
export const usualShapes = [plain, ...namedShapes.map(({ name }) => name)];

/**
 * The cases that both kernels boot. An earlier result without the usual shapes is compared without them: without a
 * baseline, they would show nothing. A server is booted on its own machine only, unless shapes are named.
 * @param words scenarios; with none and no servers, the usual ones
 * @param servers files of scenarios
 */
export function casesToCompare(
  words: string[],
  servers: string[],
  options: ComparisonOptions,
  known: Baseline | null,
): Case[] {
  const { scenarios, arch, repeat, shape, machine, from } = options;
  const own = from.length > 0 ? usualFrom : { scenarios: usual, shapes: usualShapes };
  const machines = { shape, ...(machine !== undefined && { machine }) };
  const named = words.length > 0 || servers.length > 0 ? words : own.scenarios;
  const moved = [
    ...(named.length > 0
      ? onMachines(findScenarios(named, scenarios), machines, { arch, usual: own.shapes })
      : []),
    ...(servers.length > 0
      ? onMachines(findScenarios(servers), machines, { arch, usual: [plain] })
      : []),
  ];
  const all = expandCases(moved, { only: arch, repeat });
  if (known === null || shape.length > 0) return all;
  const isKnown = (case_: Case) => `${case_.arch}/${case_.scenario.name}` in known.scenarios;
  return all.filter((case_) => case_.scenario.variant === undefined || isKnown(case_));
}

/** The current kernel; null if the lab's own is meant, or its results are known. */
export async function baselineOf({
  baseline,
  against,
  firstKernel,
  arch,
  mirror,
  withDeps,
}: BaselineOptions): Promise<Candidate | null> {
  if (against !== undefined) return null;
  if (baseline === undefined && firstKernel === undefined) return null;
  return candidateOf({
    kernel: baseline,
    firstKernel,
    arch,
    ...(mirror && { mirror }),
    ...(withDeps && { withDeps }),
  });
}

/** The cases that `kexec-lab run` selects. */
export async function casesToRun(
  words: string[],
  options: SelectionOptions & { out: string; lastFailed?: boolean },
): Promise<Case[]> {
  const { scenarios, exclude, arch, repeat } = options;
  const failed = options.lastFailed ? await lastFailed(options.out) : null;
  if (words.length === 0 && failed === null) {
    throw new UsageError('no scenarios to run', {
      hint: 'Name scenarios, for example kexec-lab run quick. kexec-lab list shows them all.',
    });
  }
  const found = findScenarios(words.length > 0 ? words : (failed?.words ?? []), scenarios, exclude);
  const cases = expandCases(onMachines(found, options, { arch }), { only: arch, repeat });
  if (failed === null) return cases;
  const again = cases.filter((case_) => failed.includes(case_));
  if (again.length > 0) return again;
  throw new NothingSelectedError(
    'every selected case passed when it last ran, or has not run yet',
    {
      hint: 'Leave out --last-failed, or select other scenarios. Cases on other machines also need their --machine or --shape.',
    },
  );
}

/** The cases of a shard. @throws NothingSelectedError if it has none */
export function partOf(cases: Case[], shard: Shard): Case[] {
  const part = shardOf(cases, shard);
  if (part.length === 0) {
    throw new NothingSelectedError(
      `shard ${shard.index} of ${shard.count} is empty: only ${count(cases.length, 'case')} selected`,
      { hint: 'Use at most as many shards as cases; kexec-lab matrix does.' },
    );
  }
  return part;
}
