import type { Arch } from '../arch.ts';
import type { SilenceReason } from '../autopsy/silence.ts';
import type { Outcome, OutcomeId, Stage } from '../boot/outcome.ts';
import type { CandidateLabel } from '../candidate/candidate.ts';
import type { PackageVersion } from '../image/ensure-images.ts';
import type { IdleSkipping } from '../qemu/guest-time.ts';
import type { Expectation } from '../scenario/scenario.ts';
import type { StepResult } from '../steps/step-result.ts';
import type { BootPrice } from './boot-price.ts';
import type { EntropyTimes } from './entropy-clock.ts';

/**
 * `pass` and `fail` speak about the thing under test, `error` about the scenario, `unavailable` about the lab;
 * `interrupted` means nobody knows, because the run was stopped.
 */
export type Verdict = 'pass' | 'fail' | 'error' | 'unavailable' | 'interrupted';

/** How long one stage of one generation took. Guest time is the kernel's printk clock; null where it did not tell. */
export type StageTime = {
  name: Stage;
  generation: number;
  hostSeconds: number;
  guestSeconds: number | null;
};

/** One attempt at a case. */
export type Attempt = {
  verdict: Verdict;
  outcome: OutcomeId | null;
  wallSeconds: number;
};

/** What a reader of the report learns about one case. Schema `kexec-lab/result@1`. */
export type CaseResult = {
  scenario: string;
  arch: Arch;
  repeat: number;
  verdict: Verdict;
  /** Why the verdict is not `pass`, one sentence each. */
  reasons: string[];
  /** Where the scenario says what did not come true; else where it says what outcome it expects. `file:line`. */
  place: string;
  outcome: OutcomeId | null;
  expected: Expectation;
  evidence: Outcome['evidence'];
  captures: Record<string, string>;
  generation: number;
  stage: Stage | null;
  meaning: string;
  cure: string;
  /** What the guest told the control plane, with host seconds since the provider was there. */
  reported: { state: string; hostSeconds: number }[];
  steps: StepResult[];
  stages: StageTime[];
  price: BootPrice | null;
  /** Key of the checkpoint of the first boot that the case began at; null where it began at power-on. */
  checkpoint: string | null;
  /** One entry per kernel. */
  entropy: EntropyTimes[];
  /** Why the machine was silent, as far as its memory told; null where it was not asked or told nothing. */
  autopsy: { reason: SilenceReason; sentence: string } | null;
  /** The same boot made to talk, where it failed in silence and `--explain` asked for it. */
  secondOpinion: SecondOpinion | null;
  /**
   * A boot of this case that `kexec-lab rewind` plays again: its directory, what became of it, and how often the case was
   * booted for it (a failure may take several). Null where nothing was recorded.
   */
  recording: { directory: string; outcome: OutcomeId | null; boots: number } | null;
  /** The release the last kernel said of itself (proved by `uname -r` where the outcome is `booted`). */
  release: string | null;
  packages: PackageVersion[];
  /** Host seconds from the moment its images were there. */
  wallSeconds: number;
  attempts: Attempt[];
  /** The case's directory, relative to the run's. */
  directory: string;
  /** Set for flaky passes: an earlier attempt did not pass. */
  flaky: boolean;
};

/** What a boot came to that was made to talk; see `CaseResult` for the fields. */
export type SecondOpinion = Pick<
  CaseResult,
  'outcome' | 'generation' | 'stage' | 'meaning' | 'evidence' | 'directory'
>;

/** The QEMU that was used, and how its machines' guest time ran (left out by versions that did not look). */
type UsedQemu = {
  binary: string;
  version: string;
  accelerator: string;
  idleSkipping?: IdleSkipping | undefined;
};

export type Environment = {
  kexecLab: string;
  node: string;
  host: { os: string; arch: string; cpus: number; cpuModel: string; memoryMiB: number };
  qemu: Partial<Record<Arch, UsedQemu>>;
  /** The kernel under test as the user named it; left out where it is the distribution's. */
  candidate?: CandidateLabel;
  /** Content key of each image, by `arch/recipe`. */
  images: Record<string, string>;
  packages: PackageVersion[];
};

export type Summary = Record<Verdict, number> & {
  total: number;
  wallSeconds: number;
  flaky: number;
};

/** The whole run. Schema `kexec-lab/run@1`. */
export type RunReport = {
  schema: 'kexec-lab/run@1';
  id: string;
  startedAt: string;
  environment: Environment;
  results: CaseResult[];
  summary: Summary;
  exitCode: number;
};
