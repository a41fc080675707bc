/** What the result of a pair depends on. */
import type { Candidate } from '../candidate/candidate.ts';
import { withCandidate } from '../candidate/candidate.ts';
import { ownVersion } from '../host/directories.ts';
import { shortDigest } from '../host/files.ts';
import { planImages } from '../image/recipes/plan.ts';
import { ownRecipes } from '../image/recipes/recipe.ts';
import { findEntries } from '../image/store/entry.ts';
import { loadMachineProfile } from '../qemu/machine-profile.ts';
import type { Case } from '../scenario/scenario.ts';

/**
 * A digest of everything that a boot depends on: its images by their content, its machine, what is done and expected, QEMU,
 * and this program. Null if an image is not built yet, so that nothing is known about the boot.
 */
export async function pairKey(
  { arch, setup, steps, expect, proof, limits }: Case,
  candidate: Candidate,
  qemuVersion: string,
): Promise<string | null> {
  const catalog = withCandidate(ownRecipes, candidate);
  const { entries } = planImages({ arch, ...setup, catalog });
  const manifests = await findEntries(entries);
  if (manifests.size < entries.length) return null;
  const images = [...manifests].map(([name, { fingerprint }]) => [name, fingerprint]);
  const machine = loadMachineProfile(setup.machine, setup.shape);
  // The kernels count by their images, not by their names.
  const others = { ...setup, firstKernel: undefined, secondKernel: undefined };
  const boot = { arch, machine, setup: others, steps, expect, proof, limits };
  return shortDigest(JSON.stringify([ownVersion(), qemuVersion, images, boot]));
}
