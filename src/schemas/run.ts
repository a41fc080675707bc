import * as z from 'zod';
import { arches } from '../arch.ts';
import type { SilenceReason } from '../autopsy/silence.ts';
import type { CaseResult, Environment, RunReport, SecondOpinion } from '../lab/result.ts';
import { guestTimes } from '../qemu/guest-time.ts';
import { evidenceSchema, outcomeSchema, stageSchema, wordsSchema } from './boot.ts';
import { candidateLabelSchema } from './preflight.ts';

/** Seconds on the host's clock, or the kernel's; thirty years are more than any run. */
const seconds = z.number().min(0).max(1e9);
/** How many kernels have spoken. */
const generation = z.int().min(0).max(1e6);
const times = z.int().min(1).max(1e6);
/** Memory and CPUs of a machine. */
const amount = z.number().min(0).max(1e12);
export const scenarioName = z.string().regex(/^[a-z0-9-]+$/, 'this is not the name of a scenario');
const archSchema = z.enum(arches);
const outcome = outcomeSchema.nullable();
const verdict = z.enum(['pass', 'fail', 'error', 'unavailable', 'interrupted']);

const packages = z.array(
  z.looseObject({
    name: z.string(),
    version: z.string(),
    architecture: z.string(),
    suite: z.string(),
  }),
);

const reasons = {
  'device-tree-without-memory': true,
  'device-tree-lost': true,
  'early-panic': true,
  'early-oops': true,
  'console-lost': true,
  'stopped-early': true,
  'digest-mismatch': true,
  'image-damaged': true,
  'never-spoke': true,
  unreadable: true,
} satisfies Record<SilenceReason, true>;
const silenceReason = z.enum(Object.keys(reasons) as [SilenceReason]);

/** A case's directory as `caseDirectory` names it: a file that comes from elsewhere may not lead out of its run. */
const ofCase = '(aarch64|arm)/[a-z0-9-]+(\\.repeat\\d+)?(\\.retry\\d+)?';
export const caseDirectorySchema = z
  .string()
  .regex(new RegExp(`^${ofCase}$`), 'this is not the directory of a case')
  .describe("Relative to the run's.");

/** Below a case's directory: another boot, made to talk or recorded. */
const directoryWithin = z
  .string()
  .regex(new RegExp(`^${ofCase}(/[a-z0-9-]+)*$`), 'this is not a directory of a case')
  .describe("Relative to the run's.");

/** How a boot ended; of one that was decided. */
const boot = {
  outcome,
  generation,
  stage: stageSchema.nullable(),
  meaning: z.string(),
  evidence: z.array(evidenceSchema),
};

const secondOpinion: z.ZodType<SecondOpinion> = z.looseObject({
  ...boot,
  directory: directoryWithin,
});

/**
 * `result.json`, and what `case-finished` carries. What later versions add to a record is kept: it is no reason to refuse it.
 */
export const caseResultSchema: z.ZodType<CaseResult> = z.looseObject({
  scenario: scenarioName,
  arch: archSchema,
  repeat: times,
  verdict,
  reasons: z.array(z.string()).describe('Why the verdict is not pass.'),
  place: z.string().describe('file:line of what did not come true.'),
  expected: z.looseObject({
    outcome: outcomeSchema,
    generation: generation.optional(),
    release: z.string().optional(),
    root: z.string().optional(),
    stage: stageSchema.optional(),
    captures: wordsSchema.optional(),
    reported: z.array(z.string()).optional(),
  }),
  captures: wordsSchema,
  ...boot,
  directory: caseDirectorySchema,
  cure: z.string(),
  reported: z.array(z.looseObject({ state: z.string(), hostSeconds: seconds })),
  steps: z.array(
    z.looseObject({
      step: z.string(),
      place: z.string().nullable(),
      status: z.enum(['done', 'failed', 'pending']),
      at: seconds.nullable(),
      detail: z.string(),
    }),
  ),
  stages: z.array(
    z.looseObject({
      name: stageSchema,
      generation,
      hostSeconds: seconds,
      guestSeconds: seconds.nullable(),
    }),
  ),
  price: z.looseObject({ beforeHandover: seconds, afterHandover: seconds }).nullable(),
  checkpoint: z.string().nullable().describe('Null where the boot began at power-on.'),
  entropy: z.array(
    z.looseObject({
      generation,
      crngReady: seconds.nullable(),
      getrandom: z.union([seconds, z.literal('blocked')]).nullable(),
    }),
  ),
  autopsy: z.looseObject({ reason: silenceReason, sentence: z.string() }).nullable(),
  secondOpinion: secondOpinion.nullable(),
  recording: z.looseObject({ directory: directoryWithin, outcome, boots: times }).nullable(),
  release: z.string().nullable(),
  packages,
  wallSeconds: seconds,
  attempts: z.array(z.looseObject({ verdict, outcome, wallSeconds: seconds })),
  flaky: z.boolean(),
});

export const environmentSchema: z.ZodType<Environment> = z.looseObject({
  kexecLab: z.string(),
  node: z.string(),
  host: z.looseObject({
    os: z.string(),
    arch: z.string(),
    cpus: amount,
    cpuModel: z.string(),
    memoryMiB: amount,
  }),
  qemu: z.partialRecord(
    archSchema,
    z.looseObject({
      binary: z.string(),
      version: z.string(),
      accelerator: z.string(),
      idleSkipping: z
        .looseObject({
          time: z.enum(guestTimes),
          certainty: z.enum(['proved', 'assumed']),
          detail: z.string(),
        })
        .optional(),
    }),
  ),
  candidate: candidateLabelSchema.optional(),
  images: wordsSchema.describe('Content key of each image, by arch/recipe.'),
  packages,
});

const count = z.int().min(0);

/** `report.json`. */
export const runReportSchema: z.ZodType<RunReport> = z.looseObject({
  schema: z.literal('kexec-lab/run@1'),
  id: z.string(),
  startedAt: z.iso.datetime(),
  environment: environmentSchema,
  results: z.array(caseResultSchema),
  summary: z.looseObject({
    ...{ pass: count, fail: count, error: count, unavailable: count, interrupted: count },
    ...{ total: count, flaky: count },
    wallSeconds: seconds,
  }),
  exitCode: z.int().min(0).max(255),
});
