import * as z from 'zod';
import { outcomeIds, stages } from '../boot/outcome.ts';
import { guestTimes } from '../qemu/guest-time.ts';
import { arches } from '../scenario/scenario.ts';
import type { LabEvent } from './events.ts';
import type { CaseResult, Environment } from './result.ts';

const arch = z.enum(arches);
const stage = z.enum(stages);
const outcome = z.enum(outcomeIds).nullable();
const verdict = z.enum(['pass', 'fail', 'error', 'unavailable', 'interrupted']);
const words = z.record(z.string(), z.string());
const packages = z.array(
  z.object({ name: z.string(), version: z.string(), architecture: z.string(), suite: z.string() }),
);

/** A case's directory as `caseDirectory` names it: a file that comes from elsewhere may not lead out of its run. */
const directory = z
  .string()
  .regex(
    /^(aarch64|arm)\/[a-z0-9-]+(\.repeat\d+)?(\.retry\d+)?$/,
    'this is no directory of a case',
  );

const reference = z.object({
  id: z.string().regex(/^[a-z0-9]+\/[a-z0-9-]+(#\d+)?$/, 'this is no id of a case'),
  scenario: z.string().regex(/^[a-z0-9-]+$/),
  arch,
  repeat: z.int().min(1),
});

const expectation = z.looseObject({
  outcome: z.enum(outcomeIds),
  captures: words.optional(),
  reported: z.array(z.string()).optional(),
});

/** `result.json`, and what `case-finished` carries. */
export const caseResultSchema = z.looseObject({
  scenario: z.string().regex(/^[a-z0-9-]+$/),
  arch,
  repeat: z.int().min(1),
  verdict,
  reasons: z.array(z.string()),
  place: z.string(),
  outcome,
  expected: expectation,
  evidence: z.array(
    z.object({ line: z.int().nullable(), text: z.string(), signature: z.string() }),
  ),
  captures: words,
  generation: z.int(),
  stage: stage.nullable(),
  meaning: z.string(),
  cure: z.string(),
  reported: z.array(z.object({ state: z.string(), hostSeconds: z.number() })),
  steps: z.array(
    z.looseObject({
      step: z.string(),
      status: z.enum(['done', 'failed', 'pending']),
      detail: z.string(),
    }),
  ),
  stages: z.array(
    z.object({
      name: stage,
      generation: z.int(),
      hostSeconds: z.number(),
      guestSeconds: z.number().nullable(),
    }),
  ),
  release: z.string().nullable(),
  packages,
  wallSeconds: z.number(),
  attempts: z.array(z.object({ verdict, outcome, wallSeconds: z.number() })),
  directory,
  flaky: z.boolean(),
}) as unknown as z.ZodType<CaseResult>;

const environment = z.looseObject({
  kexecLab: z.string(),
  node: z.string(),
  host: z.object({
    os: z.string(),
    arch: z.string(),
    cpus: z.number(),
    cpuModel: z.string(),
    memoryMiB: z.number(),
  }),
  qemu: z.partialRecord(
    arch,
    z.object({
      binary: z.string(),
      version: z.string(),
      accelerator: z.string(),
      idleSkipping: z
        .object({
          time: z.enum(guestTimes),
          certainty: z.enum(['proved', 'assumed']),
          detail: z.string(),
        })
        .optional(),
    }),
  ),
  images: words,
  packages,
}) as unknown as z.ZodType<Environment>;

const at = z.number();

/** A line of `events.jsonl`. What later versions add to an event is kept. */
export const eventSchema = z.discriminatedUnion('type', [
  z.looseObject({
    at,
    type: z.literal('run-started'),
    schema: z.literal('kexec-lab/events@1'),
    id: z.string().regex(/^[\w-]+$/, 'this is no id of a run'),
    startedAt: z.iso.datetime(),
    directory: z.string(),
    cases: z.array(reference),
    jobs: z.int(),
    shard: z
      .object({ index: z.int().min(1), count: z.int().min(1), all: z.array(reference) })
      .optional(),
  }),
  z.looseObject({ at, type: z.literal('environment'), environment }),
  z.looseObject({
    at,
    type: z.literal('images-progress'),
    progress: z.looseObject({ recipe: z.string(), arch, step: z.string() }),
  }),
  z.looseObject({
    at,
    type: z.literal('case-started'),
    case: reference,
    attempt: z.int(),
    directory,
  }),
  z.looseObject({ at, type: z.literal('case-stage'), case: reference, generation: z.int(), stage }),
  z.looseObject({
    at,
    type: z.literal('case-signal'),
    case: reference,
    signal: z.looseObject({ signature: z.string(), line: z.int(), text: z.string() }),
  }),
  z.looseObject({
    at,
    type: z.literal('case-retried'),
    case: reference,
    attempt: z.int(),
    result: caseResultSchema,
  }),
  z.looseObject({
    at,
    type: z.literal('case-finished'),
    case: reference,
    result: caseResultSchema,
  }),
  z.looseObject({ at, type: z.literal('interrupted'), signal: z.string() }),
  z.looseObject({
    at,
    type: z.literal('run-finished'),
    report: z.looseObject({ summary: z.looseObject({ wallSeconds: z.number() }) }),
  }),
]) as unknown as z.ZodType<LabEvent>;
