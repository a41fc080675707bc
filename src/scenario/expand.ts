import type { Arch } from '../arch.ts';
import { arches } from '../arch.ts';
import { NothingSelectedError } from '../errors.ts';
import type { CaseReference } from '../model/run.ts';
import type { Case, Scenario } from './scenario.ts';

/**
 * Every case of some scenarios: each on each of its architectures, `repeat` times. Ordered by scenario,
 * architecture and repeat; the id is `arch/scenario`, with `#n` behind it where there is more than one repeat.
 *
 * @param only the architectures to keep; all where it is empty
 * @throws NothingSelectedError when no scenario runs on any of them
 */
export function expandCases(
  scenarios: Scenario[],
  { only = [], repeat = 1 }: { only?: Arch[]; repeat?: number },
): Case[] {
  const wanted = only.length > 0 ? only : arches;
  const cases = scenarios.flatMap((scenario) =>
    arches
      .filter((arch) => wanted.includes(arch))
      .flatMap((arch) => repeatCase(scenario, arch, repeat)),
  );
  if (cases.length === 0) {
    throw new NothingSelectedError(
      `none of the selected scenarios runs on ${wanted.join(' or ')}`,
      {
        hint: 'kexec-lab list shows the architectures of each.',
      },
    );
  }
  return cases;
}

function repeatCase(scenario: Scenario, arch: Arch, repeat: number): Case[] {
  const resolved = scenario.perArch[arch];
  if (resolved === undefined) return [];
  return Array.from({ length: repeat }, (_, index) => ({
    id: `${arch}/${scenario.name}${repeat > 1 ? `#${index + 1}` : ''}`,
    scenario,
    arch,
    ...resolved,
    repeat: index + 1,
  }));
}

/** How events name a case. */
export function caseReference({ id, scenario, arch, repeat }: Case): CaseReference {
  return { id, scenario: scenario.name, arch, repeat };
}
