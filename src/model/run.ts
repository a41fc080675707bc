import * as z from 'zod';
import {
  signalSchema,
  stageSchema,
  archSchema,
  count,
  openObject,
  scenarioName,
  seconds,
  times,
  wordsSchema,
} from './boot.ts';
import { caseDirectorySchema, caseResultSchema, packageSchema } from './result.ts';
import { guestTimes } from './vocabulary.ts';

// Records of a whole run: its environment, its report, its events.

/** Memory and CPUs of a machine. */
const amount = z.number().min(0).max(1e12);

export const idleSkippingSchema = openObject({
  time: z.enum(guestTimes).describe('How the clock of machines with `clock: guest` runs.'),
  certainty: z
    .enum(['proved', 'assumed'])
    .describe('proved: it was tried, now or earlier. assumed: it could not be tried.'),
  detail: z
    .string()
    .describe(
      'Why a slower clock is used or why the trial could not be made. Empty where idle skipping works.',
    ),
});

/** How guest time runs under one build of QEMU. */
export type IdleSkipping = z.infer<typeof idleSkippingSchema>;

export const candidateLabelSchema = z.strictObject({
  kernel: z.string(),
  initrd: z.string().nullable(),
  kexecTools: z.string().nullable(),
  firstKernel: z.string().nullable(),
});

/** A candidate as the user named it, for reports. */
export type CandidateLabel = z.infer<typeof candidateLabelSchema>;

const environmentSchema = openObject({
  kexecLab: z.string(),
  node: z.string(),
  host: openObject({
    os: z.string(),
    arch: z.string(),
    cpus: amount,
    cpuModel: z.string(),
    memoryMiB: amount,
  }),
  qemu: z.partialRecord(
    archSchema,
    openObject({
      binary: z.string(),
      version: z.string(),
      accelerator: z.string(),
      idleSkipping: idleSkippingSchema.optional(),
    }),
  ),
  candidate: candidateLabelSchema
    .optional()
    .describe("The kernel under test, as the user named it. Left out for the distribution's."),
  images: wordsSchema.describe('Content key of each image, by arch/recipe.'),
  packages: z.array(packageSchema),
});

/** The host, QEMUs and images of a run. */
export type Environment = z.infer<typeof environmentSchema>;

const summarySchema = openObject({
  ...{ pass: count, fail: count, error: count, unavailable: count, interrupted: count },
  ...{ total: count, flaky: count },
  wallSeconds: seconds,
});

/** How many cases ended with each verdict. `wallSeconds` is for the whole run. */
export type Summary = z.infer<typeof summarySchema>;

/** `report.json`. */
export const runReportSchema = openObject({
  schema: z.literal('kexec-lab/run@1'),
  id: z.string(),
  startedAt: z.iso.datetime(),
  environment: environmentSchema,
  results: z.array(caseResultSchema),
  summary: summarySchema,
  exitCode: z.int().min(0).max(255),
});

/** The whole run. */
export type RunReport = z.infer<typeof runReportSchema>;

const referenceSchema = openObject({
  id: z.string().regex(/^[a-z0-9]+\/[a-z0-9-]+(#\d+)?$/, 'this is not a case ID'),
  scenario: scenarioName,
  arch: archSchema,
  repeat: times,
});

/** Which case an event belongs to. */
export type CaseReference = z.infer<typeof referenceSchema>;

const shardSchema = z.strictObject({
  index: z.int().min(1),
  count: z.int().min(1),
  all: z.array(referenceSchema),
});

/** Which shard of a run this is, and all cases of the whole run. */
export type ShardOfRun = z.infer<typeof shardSchema>;

const progressSchema = openObject({
  recipe: z.string(),
  arch: archSchema,
  step: z.string(),
  done: z.number().optional(),
  total: z.number().optional(),
});

/** Progress of building an image, as users see it. `done` and `total` are bytes or steps, where known. */
export type ImageProgress = z.infer<typeof progressSchema>;

const at = z.number().min(0).describe('Host milliseconds since the run began.');
const attempt = z.int().min(1);

/** A line of `events.jsonl`. Reporters learn about a run from these events alone. */
export const eventSchema = z.discriminatedUnion('type', [
  openObject({
    at,
    type: z.literal('run-started'),
    schema: z.literal('kexec-lab/events@1'),
    id: z.string().regex(/^[\w-]+$/, 'this is not a run ID'),
    startedAt: z.iso.datetime(),
    directory: z.string(),
    cases: z.array(referenceSchema),
    jobs: z.int().min(1),
    shard: shardSchema.optional().describe('Present if this run is one shard of a larger run.'),
  }),
  openObject({ at, type: z.literal('environment'), environment: environmentSchema }),
  openObject({ at, type: z.literal('images-progress'), progress: progressSchema }),
  openObject({
    at,
    type: z.literal('case-started'),
    case: referenceSchema,
    attempt,
    directory: caseDirectorySchema,
  }),
  openObject({
    at,
    type: z.literal('case-stage'),
    case: referenceSchema,
    generation: z.int().min(0),
    stage: stageSchema,
  }),
  openObject({
    at,
    type: z.literal('case-signal'),
    case: referenceSchema,
    signal: signalSchema,
  }),
  openObject({
    at,
    type: z.literal('case-console'),
    case: referenceSchema,
    line: z.int().min(1),
    text: z.string(),
  }),
  openObject({
    at,
    type: z.literal('case-retried'),
    case: referenceSchema,
    attempt,
    result: caseResultSchema,
  }),
  openObject({
    at,
    type: z.literal('case-finished'),
    case: referenceSchema,
    result: caseResultSchema,
  }),
  openObject({ at, type: z.literal('interrupted'), signal: z.string() }),
  openObject({ at, type: z.literal('run-finished'), report: runReportSchema }),
]);

/** Something that happened in a run, as reporters receive it and as `events.jsonl` stores it. */
export type LabEvent = z.infer<typeof eventSchema>;
