import type { Arch } from '../arch.ts';
import { arches } from '../arch.ts';
import type { Candidate } from '../candidate/candidate.ts';
import { withCandidate } from '../candidate/candidate.ts';
import type { HostNeeds, Need } from '../host/requirements.ts';
import { buildNeeds, planImages, type PlannedEntry } from '../image/recipes/plan.ts';
import { ownRecipes } from '../image/recipes/recipe.ts';
import { findEntries } from '../image/store/entry.ts';
import type { LabEvent, ShardOfRun } from '../model/run.ts';
import { loadMachineProfile } from '../qemu/machine-spec.ts';
import { type Case } from '../scenario/scenario.ts';

/** What cases boot with: a kernel under test, or undefined for the distribution's own. */
type Side = Candidate | undefined;

/**
 * What it takes of the host to boot these cases, and to build those of their images that are not built yet.
 * @param sides all they are booted with, one after the other
 * @throws ScenarioError for a machine or a recipe that is not there.
 */
export async function needsOf(
  cases: readonly Case[],
  sides: readonly Side[] = [undefined],
): Promise<HostNeeds> {
  const needs = new Map<Arch, Set<Need>>();
  for (const arch of arches) {
    const ofArch = cases.filter((case_) => case_.arch === arch);
    if (ofArch.length > 0) needs.set(arch, await needsOfArch(ofArch, sides));
  }
  return needs;
}

async function needsOfArch(cases: readonly Case[], sides: readonly Side[]): Promise<Set<Need>> {
  const machines = [...new Set(cases.map(({ setup }) => setup.machine))];
  const profiles = machines.map((name) => loadMachineProfile(name));
  const needs = new Set<Need>(['boot']);
  if (profiles.some(({ network }) => network)) needs.add('network');
  if (profiles.some(({ firmware }) => firmware === 'uefi')) needs.add('uefi');
  if (cases.some(({ setup }) => setup.secondKernel !== undefined)) needs.add('images');
  // Each side has images of its own: what one needs to build, the other may have.
  for (const side of sides)
    for (const need of buildNeeds(await unbuilt(cases, side))) needs.add(need);
  return needs;
}

/** The images of cases of one architecture that are not there, and what these are built from. */
async function unbuilt(cases: readonly Case[], candidate: Side): Promise<PlannedEntry[]> {
  const catalog = withCandidate(ownRecipes, candidate);
  const planned = cases.flatMap(
    ({ arch, setup }) => planImages({ arch, ...setup, catalog }).entries,
  );
  const entries = [...new Map(planned.map((entry) => [entry.name, entry])).values()];
  const built = await findEntries(entries);
  return entries.filter(({ name }) => !built.has(name));
}

/** Options of a run, as `runCases` takes them. */
export type RunOptions = {
  /** How many cases run at a time. */
  jobs: number;
  /** How many times a case that did not pass is retried. */
  retries: number;
  /** The parent of the run directory. */
  out: string;
  /** Use the QEMUs of this directory only. */
  qemuDir?: string;
  /** Debian mirror to build images from; default: the host's. */
  mirror?: string;
  /** Whether cases may start from a checkpoint of the first boot they share. */
  checkpoint: boolean;
  /** The kernel under test, which replaces the distribution's. */
  candidate?: Candidate | undefined;
  /** Fires when the user wants the run to stop: running cases end as `interrupted`, the report is still written. */
  signal: AbortSignal;
  /** The shard that this run is; left out for a whole run. */
  shard?: ShardOfRun;
  /** Whether a silent failure is booted again with verbose kernel output. */
  explain?: boolean;
  /** Whether every boot is recorded for replay. */
  record?: boolean;
  /** How many times a failed case is booted again with recording, until it fails again. Left out: never. */
  recordOnFailure?: number;
  /** Receives notices for the user that do not stop the run. */
  onNotice?: (notice: string) => void;
  /** Whether console lines are emitted as events. */
  tail: boolean;
};

/** An event without its time, which `runCases` adds. */
export type Telling = LabEvent extends infer Event
  ? Event extends unknown
    ? Omit<Event, 'at'>
    : never
  : never;
