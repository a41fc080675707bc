import type { Arch } from '../arch.ts';
import { arches } from '../arch.ts';
import type { Candidate } from '../candidate/candidate.ts';
import { withCandidate } from '../candidate/candidate.ts';
import type { HostNeeds, Need } from '../host/requirements.ts';
import type { PlannedEntry } from '../image/recipes/plan.ts';
import { buildNeeds, planImages } from '../image/recipes/plan.ts';
import { ownRecipes } from '../image/recipes/recipe.ts';
import { findEntries } from '../image/store/entry.ts';
import { loadMachineProfile } from '../qemu/machine-spec.ts';
import type { Case } from '../scenario/scenario.ts';

/** One side of a comparison: a kernel under test, or undefined for the distribution's own. */
type Side = Candidate | undefined;

/**
 * What the host must provide to boot these cases, and to build those of their images that are not built yet.
 * @param sides the kernels that the cases are booted with
 * @throws ScenarioError for an unknown machine or recipe
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
  // Each side has its own images: one may need to build what the other already has.
  for (const side of sides)
    for (const need of buildNeeds(await unbuilt(cases, side))) needs.add(need);
  return needs;
}

/** The images of these cases that are not built yet, with the images that they are built from. */
async function unbuilt(cases: readonly Case[], candidate: Side): Promise<PlannedEntry[]> {
  const catalog = withCandidate(ownRecipes, candidate);
  const planned = cases.flatMap(
    ({ arch, setup }) => planImages({ arch, ...setup, catalog }).entries,
  );
  const entries = [...new Map(planned.map((entry) => [entry.name, entry])).values()];
  const built = await findEntries(entries);
  return entries.filter(({ name }) => !built.has(name));
}
