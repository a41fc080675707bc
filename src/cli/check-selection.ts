/** What `kexec-lab check` boots: which cases, and which kernel is the current one. */
import type { Arch } from '../arch.ts';
import type { Candidate } from '../candidate/candidate.ts';
import type { CandidateWords } from '../candidate/parse-candidate.ts';
import type { Baseline } from '../model/comparison.ts';
import type { Case } from '../scenario/scenario.ts';
import { expandCases } from '../scenario/select.ts';
import { namedShapes, plain } from '../scenario/variants.ts';
import { findScenarios } from './find-scenarios.ts';
import type { MachineWords } from './machine-options.ts';
import { onMachines } from './machine-options.ts';
import { candidateOf } from './run-options.ts';

type SelectionOptions = MachineWords & { scenarios: string[]; arch: Arch[]; repeat: number };

type BaselineOptions = CandidateWords & {
  baseline?: string;
  against?: string;
  arch: Arch[];
  mirror?: string;
  withDeps?: boolean;
};

/** The default selection: a few cases that show differences between kernels. */
const usual = ['check'];

/** The shapes that are booted by default. */
export const usualShapes = [plain, ...namedShapes.map(({ name }) => name)];

/**
 * The cases that both kernels boot. An earlier result without the usual shapes is compared without them: without a
 * baseline, they would show nothing. A server is booted on its own machine only, unless shapes are named.
 * @param words scenarios; with none and no servers, the usual ones
 * @param servers files of scenarios
 */
export function selectedCases(
  words: string[],
  servers: string[],
  options: SelectionOptions,
  known: Baseline | null,
): Case[] {
  const { scenarios, arch, repeat, shape, machine } = options;
  const machines = { shape, ...(machine !== undefined && { machine }) };
  const named = words.length > 0 || servers.length > 0 ? words : usual;
  const moved = [
    ...(named.length > 0
      ? onMachines(findScenarios(named, scenarios), machines, { arch, usual: usualShapes })
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
