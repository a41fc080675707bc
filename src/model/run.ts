import * as z from 'zod';
import { signalSchema, stageSchema } from './boot.ts';
import { candidateLabelSchema } from './preflight.ts';
import {
  archSchema,
  count,
  openObject,
  scenarioName,
  seconds,
  times,
  wordsSchema,
} from './primitives.ts';
import { caseDirectorySchema, caseResultSchema, packageSchema } from './result.ts';
import { guestTimes } from './vocabulary.ts';

/** Memory and CPUs of a machine. */
const amount = z.number().min(0).max(1e12);

const idleSkippingSchema = openObject({
  /** How machines run whose profile says `clock: guest`. */
  time: z.enum(guestTimes),
  /** `proved` by trying it, now or earlier; `assumed` where it could not be tried. */
  certainty: z.enum(['proved', 'assumed']),
  /** Why it is not what it should be: what was seen of the others, or why it could not be tried. Empty where all is well. */
  detail: z.string(),
});

/** How guest time runs under one build of QEMU. */
export type IdleSkipping = z.infer<typeof idleSkippingSchema>;

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
  /** The QEMU that was used; versions that did not try idle skipping leave it out. */
  qemu: z.partialRecord(
    archSchema,
    openObject({
      binary: z.string(),
      version: z.string(),
      accelerator: z.string(),
      idleSkipping: idleSkippingSchema.optional(),
    }),
  ),
  /** The kernel under test as the user named it; left out where it is the distribution's. */
  candidate: candidateLabelSchema.optional(),
  images: wordsSchema.describe('Content key of each image, by arch/recipe.'),
  packages: z.array(packageSchema),
});

/** Where and with what a run was made. */
export type Environment = z.infer<typeof environmentSchema>;

const summarySchema = openObject({
  ...{ pass: count, fail: count, error: count, unavailable: count, interrupted: count },
  ...{ total: count, flaky: count },
  wallSeconds: seconds,
});

/** How many cases ended with each verdict. `wallSeconds` is the whole run's. */
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
  id: z.string().regex(/^[a-z0-9]+\/[a-z0-9-]+(#\d+)?$/, 'this is not the id of a case'),
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

/** Which part of a run, and all the cases of the whole. */
export type ShardOfRun = z.infer<typeof shardSchema>;

const progressSchema = openObject({
  recipe: z.string(),
  arch: archSchema,
  step: z.string(),
  done: z.number().optional(),
  total: z.number().optional(),
});

/** Progress of long work, in the words a user sees. `done` and `total` are bytes or steps where known. */
export type ImageProgress = z.infer<typeof progressSchema>;

const at = z.number().min(0).describe('Host milliseconds since the run began.');
const attempt = z.int().min(1);

/** A line of `events.jsonl`: the whole contract between running and showing. */
export const eventSchema = z.discriminatedUnion('type', [
  openObject({
    at,
    type: z.literal('run-started'),
    schema: z.literal('kexec-lab/events@1'),
    id: z.string().regex(/^[\w-]+$/, 'this is not the id of a run'),
    startedAt: z.iso.datetime(),
    directory: z.string(),
    cases: z.array(referenceSchema),
    jobs: z.int().min(1),
    /** Where this is one part of a run. */
    shard: shardSchema.optional(),
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

/** What happened in a run, as reporters are told and as a line of `events.jsonl` has it. */
export type LabEvent = z.infer<typeof eventSchema>;
