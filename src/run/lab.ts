import type { Arch } from '../arch.ts';
import { withCandidate } from '../candidate/candidate.ts';
import { openCheckpointStore } from '../checkpoint/store.ts';
import { cacheDirectory } from '../host/cache-directory.ts';
import type { ImageSet } from '../image/ensure-images.ts';
import { ensureImages } from '../image/ensure-images.ts';
import { ownRecipes } from '../image/recipes/catalog.ts';
import type { ImageProgress } from '../model/run.ts';
import { findQemu } from '../qemu/find-qemu.ts';
import type { ProvedQemu } from '../qemu/trial/try-qemu.ts';
import { tryQemu } from '../qemu/trial/try-qemu.ts';
import type { Lab } from './run-case.ts';
import type { RunOptions } from './run.ts';

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
  return {
    images: ({ arch, kernel, initramfs, disk }) => {
      const request = { arch, kernel, initramfs, disk };
      return remember(sets, JSON.stringify(request), () => ({
        arch,
        made: ensureImages(
          { ...request, catalog: withCandidate(ownRecipes, candidate) },
          { ...(mirror && { mirror }), signal, onProgress },
        ),
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
