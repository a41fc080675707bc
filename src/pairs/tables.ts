/** The tables that a user asks for: their kernels, their cases, and what is known of them. */
import type { Arch } from '../arch.ts';
import type { Candidate } from '../candidate/candidate.ts';
import { withCandidate, withFirstKernel } from '../candidate/candidate.ts';
import type { CandidateWords } from '../candidate/parse-candidate.ts';
import type { PairCell, PairTable } from '../model/pairs.ts';
import { ownVersion } from '../host/directories.ts';
import { shortDigest } from '../host/files.ts';
import { planImages } from '../image/recipes/plan.ts';
import { ownRecipes } from '../image/recipes/recipe.ts';
import { findEntries } from '../image/store/entry.ts';
import { loadMachineProfile } from '../qemu/machine-profile.ts';
import { describeMachine } from '../qemu/shape.ts';
import type { Case } from '../scenario/scenario.ts';
import type { PairCase } from './cells.ts';
import { pairCases } from './cells.ts';

/** The pairs of a new table for a machine. @param kexecTools as `--kexec-tools` takes it; undefined: the provider's */
export function planTable(
  base: Case,
  { from, to }: Pick<PairTable, 'from' | 'to'>,
  { kexecTools, cure }: { kexecTools: string | undefined; cure: boolean },
): PairCase[] {
  const machine = describeMachine(base.setup);
  const shared = { arch: base.arch, machine, kexecTools: kexecTools ?? null, cure };
  return pairCases({ base, kexecTools, cure }, { ...shared, from, to, cells: [] });
}

type ReadKernels = (words: CandidateWords) => Promise<Candidate>;

/** Computes the keys of pairs. */
export type Keys = (pair: PairCase) => Promise<string | null>;

/** @param read reads a kernel; it is asked again for every pair, so it should remember */
export function createKeys(read: ReadKernels, qemuVersion: (arch: Arch) => Promise<string>): Keys {
  const versions = new Map<Arch, Promise<string>>();
  return async (pair) => {
    const { arch, setup } = pair.case;
    const { secondKernel, firstKernel } = setup;
    const second = await read({ ...secondKernel });
    const candidate = withFirstKernel(second, await read({ firstKernel }));
    const version = versions.get(arch) ?? qemuVersion(arch);
    versions.set(arch, version);
    return pairKey(pair.case, candidate, await version);
  };
}

/**
 * A digest of everything that a boot depends on: its images by their content, its machine, what is done and expected, QEMU,
 * and this program. Null if an image is not built yet, so that nothing is known about the boot.
 */
async function pairKey(
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

/** Fills in the known results. Returns the pairs that have to be booted. */
export async function fillIn(
  pairs: readonly PairCase[],
  known: ReadonlyMap<string, PairCell>,
  keyOf: Keys,
): Promise<PairCase[]> {
  const open: PairCase[] = [];
  for (const pair of pairs) {
    const { from, to, table } = pair;
    const key = await keyOf(pair);
    const cell = key === null ? undefined : known.get(key);
    if (cell === undefined) open.push(pair);
    else table.cells.push({ ...cell, from: from.word, to: to.word });
  }
  return open;
}

/**
 * One of several parts of the pairs: neighbours stay together, because they share a checkpoint.
 * @param part.index from 1 to `part.count`
 */
export function partOfPairs(
  pairs: readonly PairCase[],
  { index, count }: { index: number; count: number },
): PairCase[] {
  return pairs.filter((_, at) => Math.floor((at * count) / pairs.length) === index - 1);
}
