import { readFileSync } from 'node:fs';
import os from 'node:os';
import type { Arch } from '../arch.ts';
import { arches } from '../arch.ts';
import type { Candidate } from '../candidate/candidate.ts';
import { withCandidate, withFirstKernel } from '../candidate/candidate.ts';
import type { CandidateWords } from '../candidate/parse-candidate.ts';
import { openCheckpointStore } from '../checkpoint/store.ts';
import { ScenarioError } from '../errors.ts';
import { ownVersion, cacheDirectory } from '../host/directories.ts';
import type { HostNeeds, Need } from '../host/requirements.ts';
import type { ImageSet } from '../image/ensure-images.ts';
import { ensureImages } from '../image/ensure-images.ts';
import type { PlannedEntry } from '../image/recipes/plan.ts';
import { buildNeeds, planImages } from '../image/recipes/plan.ts';
import { ownRecipes } from '../image/recipes/recipe.ts';
import { findEntries } from '../image/store/entry.ts';
import type { Environment, ImageProgress } from '../model/run.ts';
import { findQemu } from '../qemu/find-qemu.ts';
import { loadMachineProfile } from '../qemu/machine-profile.ts';
import type { ProvedQemu } from '../qemu/trial/try-qemu.ts';
import { tryQemu } from '../qemu/trial/try-qemu.ts';
import type { Case, Setup } from '../scenario/scenario.ts';
import type { Lab, RunOptions } from './run-case.ts';

/** A lab that also remembers the images and QEMUs that cases used, for the report. */
export type RememberingLab = Lab & {
  used(): Promise<{
    images: { arch: Arch; set: ImageSet }[];
    qemus: { arch: Arch; qemu: ProvedQemu }[];
  }>;
};

/** Finds each QEMU and builds each set of images once, when the first case asks for it. */
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
  const kernels = new Map<string, Promise<Candidate>>();
  const read = (words: CandidateWords): Promise<Candidate> =>
    remember(kernels, JSON.stringify(words), async () => {
      const { readCandidate } = await import('../candidate/read-candidate.ts');
      return readCandidate(words, { ...(mirror && { mirror }), signal });
    });
  const kernelsOf = async (
    { firstKernel, secondKernel }: Kernels,
    arch: Arch,
  ): Promise<Candidate | undefined> => {
    if (firstKernel === undefined && (candidate ?? secondKernel) === undefined) return undefined;
    // Each is read once, however many cases have it with another one. The candidate replaces the scenario's own.
    const second = candidate ?? (await read({ ...secondKernel }));
    if (candidate === undefined && !second.arches.includes(arch))
      throw new ScenarioError(
        `second-kernel: ${second.label.kernel} is a kernel for ${second.arches.join(' and ')}, this case is ${arch}`,
        { hint: `Give ${arch} a second-kernel of its own under per-arch, or remove it from arch.` },
      );
    return firstKernel === undefined
      ? second
      : withFirstKernel(second, await read({ firstKernel }));
  };
  return {
    images: ({ arch, kernel, initramfs, disk, firstKernel, secondKernel }) => {
      const request = { arch, kernel, initramfs, disk };
      const words = { firstKernel, secondKernel };
      const make = async (): Promise<ImageSet> => {
        const tested = await kernelsOf(words, arch);
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

/** The kernels that a case names itself. */
type Kernels = Pick<Setup, 'firstKernel' | 'secondKernel'>;

function remember<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

/** Failures are left out: the cases that asked have reported them. */
async function successes<Value>(promises: Promise<Value>[]): Promise<Value[]> {
  const settled = await Promise.allSettled(promises);
  return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

/** The host, QEMUs and images of a run, for its report. Call it when the cases are done. */
export async function describeEnvironment(
  lab: RememberingLab,
  candidate?: Candidate,
): Promise<Environment> {
  const cpus = os.cpus();
  const { images, qemus } = await lab.used();
  const packages = images.flatMap(({ set }) => set.packages);
  return {
    kexecLab: ownVersion(),
    node: process.version,
    host: {
      os: osName(),
      arch: process.arch,
      cpus: cpus.length,
      cpuModel: cpus[0]?.model ?? 'unknown',
      memoryMiB: Math.round(os.totalmem() / 2 ** 20),
    },
    qemu: Object.fromEntries(
      qemus.map(({ arch, qemu: { binary, version, accelerator, idleSkipping } }) => [
        arch,
        { binary, version, accelerator, idleSkipping },
      ]),
    ),
    ...(candidate && { candidate: candidate.label }),
    images: keysOf(images),
    packages: [...new Map(packages.map((item) => [JSON.stringify(item), item])).values()],
  };
}

function keysOf(
  images: Awaited<ReturnType<RememberingLab['used']>>['images'],
): Environment['images'] {
  return Object.fromEntries(
    images.flatMap(({ arch, set }) =>
      Object.entries(set.keys).map(([recipe, key]) => [`${arch}/${recipe}`, key]),
    ),
  );
}

/** `PRETTY_NAME` of os-release(5), followed by the kernel's release. */
function osName(): string {
  const kernel = `${os.type()} ${os.release()}`;
  try {
    const name = /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
    return name === undefined ? kernel : `${name}, ${kernel}`;
  } catch {
    return kernel;
  }
}

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
  const profiles = cases.map(({ setup }) => loadMachineProfile(setup.machine, setup.shape));
  const needs = new Set<Need>(['boot']);
  if (profiles.some(({ network }) => network)) needs.add('network');
  if (profiles.some(({ firmware }) => firmware !== 'none')) needs.add('uefi');
  if (cases.some(({ setup }) => setup.secondKernel ?? setup.firstKernel)) needs.add('images');
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
