import type { Arch } from '../arch.ts';
import type { Candidate } from '../candidate/candidate.ts';
import { withCandidate } from '../candidate/candidate.ts';
import { openCheckpointStore } from '../checkpoint/store.ts';
import { ScenarioError } from '../errors.ts';
import { cacheDirectory } from '../host/cache-directory.ts';
import type { ImageSet } from '../image/ensure-images.ts';
import { ensureImages } from '../image/ensure-images.ts';
import { ownRecipes } from '../image/recipes/catalog.ts';
import type { ImageProgress } from '../model/run.ts';
import { findQemu } from '../qemu/find-qemu.ts';
import type { ProvedQemu } from '../qemu/trial/try-qemu.ts';
import { tryQemu } from '../qemu/trial/try-qemu.ts';
import type { SecondKernel } from '../scenario/scenario.ts';
import type { Lab } from './run-case.ts';
import type { RunOptions } from './options.ts';

/** A lab that also remembers what it gave out, for the report. */
export type RememberingLab = Lab & {
  used(): Promise<{
    images: { arch: Arch; set: ImageSet }[];
    qemus: { arch: Arch; qemu: ProvedQemu }[];
  }>;
};

/** Finds each QEMU and makes each set of images once, however many cases ask, and at the first one who asks. */
export function createLab(
  {
    qemuDir,
    mirror,
    checkpoint,
    candidate,
    signal,
  }: Pick<RunOptions, 'qemuDir' | 'mirror' | 'checkpoint' | 'candidate' | 'signal'>,
  onProgress: (progress: ImageProgress) => void,
): RememberingLab {
  const sets = new Map<string, { arch: Arch; made: Promise<ImageSet> }>();
  const qemus = new Map<Arch, Promise<ProvedQemu>>();
  const secondKernels = new Map<string, Promise<Candidate>>();
  const secondKernelOf = async (words: SecondKernel, arch: Arch): Promise<Candidate> => {
    const found = await remember(secondKernels, JSON.stringify(words), async () => {
      const { readCandidate } = await import('../candidate/read-candidate.ts');
      return readCandidate(words, { ...(mirror && { mirror }), signal });
    });
    if (found.arches.includes(arch)) return found;
    throw new ScenarioError(
      `second-kernel: ${found.label.kernel} is a kernel for ${found.arches.join(' and ')}, this case is ${arch}`,
      { hint: `Give ${arch} a second-kernel of its own under per-arch, or remove it from arch.` },
    );
  };
  return {
    images: ({ arch, kernel, initramfs, disk, secondKernel }) => {
      const request = { arch, kernel, initramfs, disk };
      const words = candidate === undefined ? secondKernel : undefined;
      const make = async (): Promise<ImageSet> => {
        const tested = words === undefined ? candidate : await secondKernelOf(words, arch);
        const catalog = withCandidate(ownRecipes, tested);
        const options = { ...(mirror && { mirror }), signal, onProgress };
        return ensureImages({ ...request, catalog }, options);
      };
      return remember(sets, JSON.stringify([request, words]), () => ({
        arch,
        made: make(),
      })).made;
    },
    checkpoints: checkpoint ? openCheckpointStore() : null,
    qemu: (arch) =>
      remember(qemus, arch, async () => {
        const qemu = await findQemu(arch, qemuDir);
        return tryQemu(qemu, arch, { cache: cacheDirectory() });
      }),
    used: async () => ({
      images: await successes(
        [...sets.values()].map(async ({ arch, made }) => ({ arch, set: await made })),
      ),
      qemus: await successes(
        [...qemus].map(async ([arch, found]) => ({ arch, qemu: await found })),
      ),
    }),
  };
}

function remember<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

/** What failed has been told with the case that asked for it. */
async function successes<Value>(promises: Promise<Value>[]): Promise<Value[]> {
  const settled = await Promise.allSettled(promises);
  return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}
