import { mkdir } from 'node:fs/promises';
import type { Arch } from '../arch.ts';
import type { CheckpointStore } from '../checkpoint/store.ts';
import type { ImageSet } from '../image/ensure-images.ts';
import type { ImageRequest } from '../image/recipes/plan.ts';
import type { CaseResult } from '../model/result.ts';
import type { ProvedQemu } from '../qemu/trial/try-qemu.ts';
import type { Case, Setup } from '../scenario/scenario.ts';
import { bootCase } from '../session/boot-case.ts';
import { EntropyClock, StageClock } from '../session/boot-times.ts';
import type { SessionListener } from '../session/listener.ts';
import { proveBooted } from './proof.ts';
import {
  interruptedResult,
  judgedResult,
  troubleResult,
  awaitedGeneration,
  expectedRelease,
  settlingGeneration,
} from './verdict.ts';
/** What a case needs of the lab; both may take long the first time and are instant after it. */
export type Lab = {
  images(request: ImageRequest & Pick<Setup, 'secondKernel'>): Promise<ImageSet>;
  qemu(arch: Arch): Promise<ProvedQemu>;
  /** Null: every case boots from power-on. */
  checkpoints: CheckpointStore | null;
};

/**
 * One attempt at one case: images, machine, boot, outcome, verdict. Leaves everything it saw in `directory` and
 * nothing running. Resolves with a result whatever happens; rejects only for bugs.
 * @param place.relative what the report calls `directory` (an absolute path)
 * @param listeners called during the boot, after the recorder
 * @param place.record whether the boot is recorded, to be played again
 */
export async function runCase(
  case_: Case,
  lab: Lab,
  { directory, relative, record }: { directory: string; relative: string; record?: boolean },
  listeners: readonly SessionListener[],
  signal: AbortSignal,
): Promise<CaseResult> {
  let started = performance.now();
  const stages = new StageClock();
  const entropy = new EntropyClock();
  let packages: ImageSet['packages'] = [];
  const facts = () => ({
    directory: relative,
    packages,
    stages: stages.times(),
    entropy: entropy.times(),
    wallSeconds: Math.round(performance.now() - started) / 1000,
  });
  const stopped = () => interruptedResult(case_, 'stopped before there was an outcome', facts());

  try {
    await mkdir(directory, { recursive: true });
    signal.throwIfAborted();
    const images = await lab.images({ arch: case_.arch, ...case_.setup });
    packages = images.packages;
    // Images are built once and for all cases; the one that asked first did not take that long.
    started = performance.now();
    const awaited = {
      proof: case_.proof,
      generation: awaitedGeneration(case_.setup, case_.expect),
      release: expectedRelease(case_.setup, case_.expect, images.releases),
    };
    const surroundings = {
      ...{ directory, images, recording: record },
      qemu: await lab.qemu(case_.arch),
      checkpoints: lab.checkpoints,
      awaitGeneration: settlingGeneration(case_.setup, case_.expect),
    };
    const boot = await bootCase(case_, surroundings, [stages, entropy, ...listeners], signal);
    if (signal.aborted) return stopped();
    return judgedResult(case_, proveBooted(boot.outcome, awaited, boot), boot, facts());
  } catch (error) {
    return signal.aborted ? stopped() : troubleResult(case_, error, facts());
  }
}
