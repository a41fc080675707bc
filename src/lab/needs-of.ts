import type { Need } from '../host/requirements.ts';
import { planImages } from '../image/plan.ts';
import { loadMachineProfile } from '../qemu/machine-profile.ts';
import type { Case } from '../scenario/scenario.ts';

/**
 * What some cases need of the host, beyond what every case needs.
 * @throws ScenarioError for a machine or a recipe that is not there.
 */
export async function needsOf(cases: readonly Case[]): Promise<Set<Need>> {
  const names = [...new Set(cases.map(({ setup }) => setup.machine))];
  const profiles = await Promise.all(names.map((name) => loadMachineProfile(name)));
  const needs = new Set<Need>();
  if (profiles.some(({ network }) => network)) needs.add('network');
  if (profiles.some(({ firmware }) => firmware === 'uefi')) needs.add('uefi');
  const entries = cases.flatMap(({ arch, setup }) => planImages({ arch, ...setup }).entries);
  if (entries.some(({ recipe }) => recipe.kind === 'system')) needs.add('system');
  return needs;
}
