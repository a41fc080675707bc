import * as z from 'zod';
import type { SilenceReason } from '../autopsy/silence-reason.ts';
import type { CaseResult, Environment, RunReport, SecondOpinion } from '../lab/result.ts';
import { arches } from '../scenario/scenario.ts';
import { evidenceSchema, outcomeSchema, stageSchema, wordsSchema } from './boot.ts';
import { candidateLabelSchema } from './preflight.ts';

const seconds = z.number().min(0);
const archSchema = z.enum(arches);
const outcome = outcomeSchema.nullable();
const verdict = z.enum(['pass', 'fail', 'error', 'unavailable', 'interrupted']);

const packages = z.array(
  z.strictObject({
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

/** What a boot came to; of one that was decided. */
const boot = {
  outcome,
  generation: z.int().min(0),
  stage: stageSchema.nullable(),
  meaning: z.string(),
  evidence: z.array(evidenceSchema),
  directory: z.string().describe("Relative to the run's."),
};

const secondOpinion: z.ZodType<SecondOpinion> = z.strictObject(boot);

/** `result.json`, and what `case-finished` carries. */
export const caseResultSchema: z.ZodType<CaseResult> = z.strictObject({
  scenario: z.string(),
  arch: archSchema,
  repeat: z.int().min(1),
  verdict,
  reasons: z.array(z.string()).describe('Why the verdict is not pass.'),
  place: z.string().describe('file:line of what did not come true.'),
  expected: z.strictObject({
    outcome: outcomeSchema,
    generation: z.int().min(0).optional(),
    release: z.string().optional(),
    root: z.string().optional(),
    stage: stageSchema.optional(),
    captures: wordsSchema.optional(),
    reported: z.array(z.string()).optional(),
  }),
  captures: wordsSchema,
  ...boot,
  cure: z.string(),
  reported: z.array(z.strictObject({ state: z.string(), hostSeconds: seconds })),
  steps: z.array(
    z.strictObject({
      step: z.string(),
      place: z.string().nullable(),
      status: z.enum(['done', 'failed', 'pending']),
      at: seconds.nullable(),
      detail: z.string(),
    }),
  ),
  stages: z.array(
    z.strictObject({
      name: stageSchema,
      generation: z.int().min(0),
      hostSeconds: seconds,
      guestSeconds: seconds.nullable(),
    }),
  ),
  price: z.strictObject({ beforeHandover: seconds, afterHandover: seconds }).nullable(),
  checkpoint: z.string().nullable().describe('Null where the boot began at power-on.'),
  entropy: z.array(
    z.strictObject({
      generation: z.int().min(0),
      crngReady: seconds.nullable(),
      getrandom: z.union([seconds, z.literal('blocked')]).nullable(),
    }),
  ),
  autopsy: z.strictObject({ reason: silenceReason, sentence: z.string() }).nullable(),
  secondOpinion: secondOpinion.nullable(),
  recording: z.strictObject({ directory: z.string(), outcome, boots: z.int().min(1) }).nullable(),
  release: z.string().nullable(),
  packages,
  wallSeconds: seconds,
  attempts: z.array(z.strictObject({ verdict, outcome, wallSeconds: seconds })),
  flaky: z.boolean(),
});

export const environmentSchema: z.ZodType<Environment> = z.strictObject({
  kexecLab: z.string(),
  node: z.string(),
  host: z.strictObject({
    os: z.string(),
    arch: z.string(),
    cpus: z.int(),
    cpuModel: z.string(),
    memoryMiB: z.number(),
  }),
  qemu: z.partialRecord(
    archSchema,
    z.strictObject({ binary: z.string(), version: z.string(), accelerator: z.string() }),
  ),
  candidate: candidateLabelSchema.optional(),
  images: wordsSchema.describe('Content key of each image, by arch/recipe.'),
  packages,
});

const count = z.int().min(0);

/** `report.json`. */
export const runReportSchema: z.ZodType<RunReport> = z.strictObject({
  schema: z.literal('kexec-lab/run@1'),
  id: z.string(),
  startedAt: z.iso.datetime(),
  environment: environmentSchema,
  results: z.array(caseResultSchema),
  summary: z.strictObject({
    ...{ pass: count, fail: count, error: count, unavailable: count, interrupted: count },
    ...{ total: count, flaky: count },
    wallSeconds: seconds,
  }),
  exitCode: z.int(),
});
