import * as z from 'zod';
import { evidenceSchema, outcomeIdSchema, stageSchema } from './boot.ts';
import {
  archSchema,
  generation,
  openObject,
  scenarioName,
  seconds,
  times,
  wordsSchema,
} from './primitives.ts';
import { silenceReasons, stepStatuses, verdicts } from './vocabulary.ts';

const outcome = outcomeIdSchema.nullable();
const verdict = z.enum(verdicts);

export const packageSchema = openObject({
  name: z.string(),
  version: z.string(),
  architecture: z.string(),
  suite: z.string(),
});

/** A Debian package that went into an image. */
export type PackageVersion = z.infer<typeof packageSchema>;

/** A case's directory as `caseDirectory` names it: a file that comes from elsewhere may not lead out of its run. */
const ofCase = '(aarch64|arm)/[a-z0-9-]+(\\.repeat\\d+)?(\\.retry\\d+)?';
export const caseDirectorySchema = z
  .string()
  .regex(new RegExp(`^${ofCase}$`), 'this is not the directory of a case')
  .describe("Relative to the run's.");

/** Below a case's directory: another boot, with verbose output or recorded. */
const directoryWithin = z
  .string()
  .regex(new RegExp(`^${ofCase}(/[a-z0-9-]+)*$`), 'this is not a directory of a case')
  .describe("Relative to the run's.");

const expectationSchema = openObject({
  outcome: outcomeIdSchema,
  generation: generation.optional(),
  /** For `booted`: which kernel must be proved to run, by recipe or exact release. Default: `second`. */
  release: z.string().optional(),
  /** For `booted`: the root device the second kernel must really have mounted. */
  root: z.string().optional(),
  stage: stageSchema.optional(),
  /** Captures that must be equal, such as `device: /dev/vda`. */
  captures: wordsSchema.optional(),
  /** The states the guest must have reported to the control plane, in order; one told twice in a row counts once. */
  reported: z.array(z.string()).optional(),
});

/** What should happen. Everything named must hold; what is not named may be anything. */
export type Expectation = z.infer<typeof expectationSchema>;

const stepResultSchema = openObject({
  step: z.string(),
  /** `file:line` of the scenario; null for a step that comes out of no file. */
  place: z.string().nullable(),
  status: z.enum(stepStatuses),
  /** Host seconds from power-on to its end; null while it is pending. */
  at: seconds.nullable(),
  /** Why it failed; of a proof that is done, what its command printed. */
  detail: z.string(),
});

/** The result of a step. A step that was not reached, or was under way when the boot ended, is `pending`. */
export type StepResult = z.infer<typeof stepResultSchema>;

const stageTimeSchema = openObject({
  name: stageSchema,
  generation,
  hostSeconds: seconds,
  guestSeconds: seconds.nullable(),
});

/** How long one stage of one generation took. Guest time is the kernel's printk clock; null where it did not tell. */
export type StageTime = z.infer<typeof stageTimeSchema>;

const entropyTimesSchema = openObject({
  generation,
  /** The kernel's own clock when it said `random: crng init done`. */
  crngReady: seconds.nullable(),
  /** How long getrandom(2) kept the first program that asked; `blocked` if that gave up waiting. */
  getrandom: z.union([seconds, z.literal('blocked')]).nullable(),
});

/** When one kernel had random numbers to give. Guest seconds; null where nothing was said of it. */
export type EntropyTimes = z.infer<typeof entropyTimesSchema>;

/** How a boot ended; of one that was decided. */
const boot = {
  outcome,
  generation,
  stage: stageSchema.nullable(),
  meaning: z.string(),
  evidence: z.array(evidenceSchema),
};

const secondOpinionSchema = openObject({ ...boot, directory: directoryWithin });

/** The outcome of the same boot with verbose kernel output. */
export type SecondOpinion = z.infer<typeof secondOpinionSchema>;

/** `result.json`, and what `case-finished` carries. */
export const caseResultSchema = openObject({
  scenario: scenarioName,
  arch: archSchema,
  repeat: times,
  verdict,
  reasons: z.array(z.string()).describe('Why the verdict is not pass.'),
  place: z.string().describe('file:line of what did not come true.'),
  expected: expectationSchema,
  captures: wordsSchema,
  ...boot,
  directory: caseDirectorySchema,
  cure: z.string(),
  /** What the guest told the control plane, with host seconds since the provider was there. */
  reported: z.array(openObject({ state: z.string(), hostSeconds: seconds })),
  steps: z.array(stepResultSchema),
  stages: z.array(stageTimeSchema),
  /** What booting twice costs: host seconds until the last kernel took over, and from there to the end. */
  price: openObject({ beforeHandover: seconds, afterHandover: seconds }).nullable(),
  checkpoint: z.string().nullable().describe('Null where the boot began at power-on.'),
  /** One entry per kernel. */
  entropy: z.array(entropyTimesSchema),
  /** Why the machine was silent, as far as its memory told; null where it was not asked or told nothing. */
  autopsy: openObject({ reason: z.enum(silenceReasons), sentence: z.string() }).nullable(),
  /** Null unless the boot failed in silence and `--explain` was given. */
  secondOpinion: secondOpinionSchema.nullable(),
  /**
   * A boot of this case that `kexec-lab rewind` plays again: its directory, its outcome, and how often the case was booted
   * for it (a failure may take several). Null where nothing was recorded.
   */
  recording: openObject({ directory: directoryWithin, outcome, boots: times }).nullable(),
  /** The release the last kernel said of itself (proved by `uname -r` where the outcome is `booted`). */
  release: z.string().nullable(),
  packages: z.array(packageSchema),
  /** Host seconds from the moment its images were there. */
  wallSeconds: seconds,
  attempts: z.array(openObject({ verdict, outcome, wallSeconds: seconds })),
  /** Set for flaky passes: an earlier attempt did not pass. */
  flaky: z.boolean(),
});

/** What a reader of the report learns about one case. */
export type CaseResult = z.infer<typeof caseResultSchema>;

/** What booting twice costs. */
export type BootPrice = NonNullable<CaseResult['price']>;

/** One attempt at a case. */
export type Attempt = CaseResult['attempts'][number];
