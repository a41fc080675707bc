import type { Arch } from '../arch.ts';
import { UsageError } from '../errors.ts';
import type { Catalog } from '../image/catalog.ts';
import type { Case } from '../scenario/scenario.ts';
import { isDiskOfKernel, takesTools } from './apply-candidate.ts';
import type { Candidate } from './candidate.ts';

/**
 * The cases that boot a candidate, and the names of the scenarios that do not: their disk has a whole Debian on it, or no
 * kernel of the distribution's, or their kexec cannot be replaced where the candidate brings one.
 */
export function selectCases(
  cases: readonly Case[],
  candidate: Candidate,
  catalog: Catalog,
): { cases: Case[]; leftOut: string[] } {
  const ofArch = cases.filter(({ arch }) => candidate.arches.includes(arch));
  const boots = ({ setup }: Case): boolean => {
    const disk = typeof setup.disk === 'string' ? catalog.get(setup.disk) : undefined;
    if (!isDiskOfKernel(disk)) return false;
    return candidate.tools === null || !bringsForeignTools(setup.initramfs, catalog);
  };
  const leftOut = ofArch.filter((case_) => !boots(case_)).map(({ scenario }) => scenario.name);
  return { cases: ofArch.filter(boots), leftOut: [...new Set(leftOut)] };
}

function bringsForeignTools(initramfs: Case['setup']['initramfs'], catalog: Catalog): boolean {
  const recipe = typeof initramfs === 'string' ? catalog.get(initramfs) : undefined;
  if (recipe === undefined || !('packages' in recipe)) return false;
  return recipe.packages.includes('kexec-tools') && !takesTools(recipe);
}

/** Throws UsageError when a candidate is for none of the architectures asked for (none named: all are). */
export function checkArches({ arches, label }: Candidate, asked: readonly Arch[]): void {
  const foreign = asked.find((arch) => !arches.includes(arch));
  if (foreign !== undefined)
    throw new UsageError(
      `--arch ${foreign}: ${label.kernel} is a kernel for ${arches.join(', ')}`,
      {
        hint: `Leave --arch out, or name a kernel for ${foreign}.`,
      },
    );
}
