import { mkdir } from 'node:fs/promises';
import type { Arch } from '../arch.ts';
import type { Candidate } from '../candidate/candidate.ts';
import type { CheckpointStore } from '../checkpoint/store.ts';
import type { ImageSet } from '../image/ensure-images.ts';
import type { ImageRequest } from '../image/recipes/plan.ts';
import type { CaseResult } from '../model/result.ts';
import type { LabEvent, ShardOfRun } from '../model/run.ts';
import type { ProvedQemu } from '../qemu/trial/try-qemu.ts';
import type { Case, Setup } from '../scenario/scenario.ts';
import { bootCase } from '../session/boot-case.ts';
import { EntropyClock, StageClock } from '../session/listeners.ts';
import type { SessionListener } from '../session/listeners.ts';
import { proveBooted, awaitedGeneration, expectedRelease, settlingGeneration } from './proof.ts';
import { interruptedResult, judgedResult, troubleResult } from './verdict.ts';

/** Options of a run, as `runCases` takes them. */
export type RunOptions = {
  /** How many cases run at a time. */
  jobs: number;
  /** How many times a case that did not pass is retried. */
  retries: number;
  /** The parent of the run directory. */
  out: string;
  /** Use the QEMUs of this directory only. */
  qemuDir?: string;
  /** Debian mirror to build images from; default: the host's. */
  mirror?: string;
  /** Whether cases may start from a checkpoint of the first boot they share. */
  checkpoint: boolean;
  /** The kernel under test, which replaces the distribution's. */
  candidate?: Candidate | undefined;
  /** Fires when the user wants the run to stop: running cases end as `interrupted`, the report is still written. */
  signal: AbortSignal;
  /** The shard that this run is; left out for a whole run. */
  shard?: ShardOfRun;
  /** Whether a silent failure is booted again with verbose kernel output. */
  explain?: boolean;
  /** Whether every boot is recorded for replay. */
  record?: boolean;
  /** How many times a failed case is booted again with recording, until it fails again. Left out: never. */
  recordOnFailure?: number;
  /** Receives notices for the user that do not stop the run. */
  onNotice?: (notice: string) => void;
  /** Whether console lines are emitted as events. */
  tail: boolean;
};

/** An event without its time, which `runCases` adds. */
export type UntimedEvent = LabEvent extends infer Event
  ? Event extends unknown
    ? Omit<Event, 'at'>
    : never
  : never;

/** What a case needs from the lab. Images and QEMUs may take long the first time, and are remembered. */
export type Lab = {
  images(request: ImageRequest & Pick<Setup, 'firstKernel' | 'secondKernel'>): Promise<ImageSet>;
  qemu(arch: Arch): Promise<ProvedQemu>;
  /** Null: every case boots from power-on. */
  checkpoints: CheckpointStore | null;
};

/**
 * One attempt at one case: images, machine, boot, outcome, verdict. All records are in `directory` afterwards, and
 * nothing runs any more. Resolves with a result whatever happens; rejects only for bugs.
 * @param place.directory absolute path
 * @param place.relative the same directory, relative to the run's, for the report
 * @param listeners called during the boot, after the recorder
 * @param place.record whether to record the boot for replay
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
    // Images are built once for all cases: their time does not belong to the case that asked first.
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
