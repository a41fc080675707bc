import * as z from 'zod';
import {
  evidenceSchema,
  outcomeIdSchema,
  stageSchema,
  archSchema,
  generation,
  openObject,
  scenarioName,
  seconds,
  times,
  wordsSchema,
} from './boot.ts';
import { serverComparisonSchema } from './server.ts';
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

/**
 * A case's directory, as `caseDirectory` names it. Checked so that a record of unknown origin cannot lead out of its
 * run.
 */
const ofCase = '(aarch64|arm)/[a-z0-9-]+(\\.repeat\\d+)?(\\.retry\\d+)?';
export const caseDirectorySchema = z
  .string()
  .regex(new RegExp(`^${ofCase}$`), 'this is not a case directory')
  .describe("Relative to the run's directory.");

/** A directory below a case's, of another boot: with verbose output, or recorded. */
const directoryWithin = z
  .string()
  .regex(new RegExp(`^${ofCase}(/[a-z0-9-]+)*$`), 'this is not a directory within a case')
  .describe("Relative to the run's directory.");

export const expectationSchema = openObject({
  outcome: outcomeIdSchema,
  generation: generation.optional(),
  release: z
    .string()
    .optional()
    .describe('For booted: the kernel that must run: first, second, or an exact release.'),
  root: z
    .string()
    .optional()
    .describe('For booted: the device that the running system must have as its root.'),
  stage: stageSchema.optional(),
  captures: wordsSchema
    .optional()
    .describe('Captures that must be equal, such as device: /dev/vda.'),
  autopsy: z
    .enum(silenceReasons)
    .optional()
    .describe("The reason of the silence that the machine's memory must show."),
  dump: z.string().optional().describe('The panic that the dump on the output disk must name.'),
  reported: z
    .array(z.string())
    .optional()
    .describe(
      'The states that the guest must report to the control plane, in order. Repetitions count once.',
    ),
});

/** What should happen. Every field that is present must hold. */
export type Expectation = z.infer<typeof expectationSchema>;

const stepResultSchema = openObject({
  step: z.string(),
  place: z
    .string()
    .nullable()
    .describe('file:line of the scenario; null for a step that is not from a file.'),
  status: z.enum(stepStatuses),
  at: seconds
    .nullable()
    .describe('Host seconds from power-on to the end of the step; null while it is pending.'),
  detail: z
    .string()
    .describe('Why the step failed. For a proof by command: what the command printed.'),
});

/** The result of a step. `pending`: the boot ended before the step was reached, or during it. */
export type StepResult = z.infer<typeof stepResultSchema>;

const stageTimeSchema = openObject({
  name: stageSchema,
  generation,
  hostSeconds: seconds,
  guestSeconds: seconds
    .nullable()
    .describe("By the kernel's printk clock; null where the console shows none."),
});

/** How long one stage of one generation took. */
export type StageTime = z.infer<typeof stageTimeSchema>;

const entropyTimesSchema = openObject({
  generation,
  crngReady: seconds
    .nullable()
    .describe("The kernel's own clock when it printed `random: crng init done`."),
  getrandom: z
    .union([seconds, z.literal('blocked')])
    .nullable()
    .describe('How long the first getrandom(2) call took; blocked if the program gave up waiting.'),
});

/** When one kernel could provide random numbers. Guest seconds; null where the console does not show it. */
export type EntropyTimes = z.infer<typeof entropyTimesSchema>;

/** The outcome of a boot. */
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

/** How a case differs from its scenario, where --machine or --shape gave it another machine. */
export const variantSchema = openObject({
  of: scenarioName.describe('The scenario that was booted on another machine.'),
  label: z.string().describe('The machine for people, such as GICv3 without UEFI.'),
  options: z.array(z.string()).describe('The options that select it, such as --shape gicv3.'),
});

/** A scenario on another machine than its own. */
export type Variant = z.infer<typeof variantSchema>;

/** `result.json`, and what `case-finished` carries. */
export const caseResultSchema = openObject({
  scenario: scenarioName,
  arch: archSchema,
  repeat: times,
  verdict,
  reasons: z.array(z.string()).describe('Why the verdict is not pass, one sentence each.'),
  place: z
    .string()
    .describe(
      'The step that failed or the first expectation that was not met, as file:line; otherwise the expected outcome.',
    ),
  expected: expectationSchema,
  captures: wordsSchema,
  ...boot,
  directory: caseDirectorySchema,
  machine: z
    .string()
    .optional()
    .describe('The profile that was booted, and its shape, such as aarch64 gic=3.'),
  variant: variantSchema
    .optional()
    .describe("Where --machine or --shape replaced the scenario's own machine."),
  server: serverComparisonSchema
    .optional()
    .describe(
      'For a captured server: how it and its machine in the lab compare, before options such as --kernel replace something. Left out for other scenarios.',
    ),
  cure: z.string(),
  reported: z
    .array(openObject({ state: z.string(), hostSeconds: seconds }))
    .describe(
      'The states that the guest reported to the control plane, with host seconds since the provider started.',
    ),
  steps: z.array(stepResultSchema),
  stages: z.array(stageTimeSchema),
  price: openObject({ beforeHandover: seconds, afterHandover: seconds })
    .nullable()
    .describe(
      'The cost of booting twice: host seconds until the last kernel took over, and from there to the end.',
    ),
  checkpoint: z
    .string()
    .nullable()
    .describe(
      'Key of the checkpoint that the boot started from; null where it started at power-on.',
    ),
  entropy: z.array(entropyTimesSchema).describe('One entry per kernel.'),
  autopsy: openObject({ reason: z.enum(silenceReasons), sentence: z.string() })
    .nullable()
    .describe(
      'Why the machine was silent, read from its memory; null where the memory was not examined or explains nothing.',
    ),
  dump: openObject({ release: z.string().nullable(), panic: z.string() })
    .optional()
    .describe('The kernel whose dump the guest handed over, and its panic.'),
  secondOpinion: secondOpinionSchema
    .nullable()
    .describe(
      'The same boot with verbose kernel output; null unless it failed silently and --explain was given.',
    ),
  recording: openObject({ directory: directoryWithin, outcome, boots: times })
    .nullable()
    .describe(
      'A boot of this case that kexec-lab rewind can replay: its directory, its outcome, and how many boots it took to record it. Null where nothing was recorded.',
    ),
  release: z
    .string()
    .nullable()
    .describe(
      'The release that the last kernel printed. Where the outcome is booted, it is proved.',
    ),
  packages: z.array(packageSchema),
  wallSeconds: seconds.describe('Host seconds, without the time to build images.'),
  attempts: z.array(openObject({ verdict, outcome, wallSeconds: seconds })),
  flaky: z.boolean().describe('True for a pass after an attempt that did not pass.'),
});

/** The result of one case, as reports show it. */
export type CaseResult = z.infer<typeof caseResultSchema>;

/** The cost of booting twice. */
export type BootPrice = NonNullable<CaseResult['price']>;

/** One attempt at a case. */
export type Attempt = CaseResult['attempts'][number];
