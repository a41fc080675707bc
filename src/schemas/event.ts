import * as z from 'zod';
import { arches } from '../arch.ts';
import type { CaseReference, LabEvent } from '../lab/events.ts';
import { signalSchema, stageSchema } from './boot.ts';
import {
  caseDirectorySchema,
  caseResultSchema,
  environmentSchema,
  runReportSchema,
  scenarioName,
} from './run.ts';

const arch = z.enum(arches);

const reference: z.ZodType<CaseReference> = z.looseObject({
  id: z.string().regex(/^[a-z0-9]+\/[a-z0-9-]+(#\d+)?$/, 'this is not the id of a case'),
  scenario: scenarioName,
  arch,
  repeat: z.int().min(1).max(1e6),
});

const at = z.number().min(0).describe('Host milliseconds since the run began.');
const attempt = z.int().min(1);

/** A line of `events.jsonl`. */
export const eventSchema: z.ZodType<LabEvent> = z.discriminatedUnion('type', [
  z.looseObject({
    at,
    type: z.literal('run-started'),
    schema: z.literal('kexec-lab/events@1'),
    id: z.string().regex(/^[\w-]+$/, 'this is not the id of a run'),
    startedAt: z.iso.datetime(),
    directory: z.string(),
    cases: z.array(reference),
    jobs: z.int().min(1),
    shard: z
      .strictObject({ index: z.int().min(1), count: z.int().min(1), all: z.array(reference) })
      .optional(),
  }),
  z.looseObject({ at, type: z.literal('environment'), environment: environmentSchema }),
  z.looseObject({
    at,
    type: z.literal('images-progress'),
    progress: z.looseObject({
      recipe: z.string(),
      arch,
      step: z.string(),
      done: z.number().optional(),
      total: z.number().optional(),
    }),
  }),
  z.looseObject({
    at,
    type: z.literal('case-started'),
    case: reference,
    attempt,
    directory: caseDirectorySchema,
  }),
  z.looseObject({
    at,
    type: z.literal('case-stage'),
    case: reference,
    generation: z.int().min(0),
    stage: stageSchema,
  }),
  z.looseObject({ at, type: z.literal('case-signal'), case: reference, signal: signalSchema }),
  z.looseObject({
    at,
    type: z.literal('case-console'),
    case: reference,
    line: z.int().min(1),
    text: z.string(),
  }),
  z.looseObject({
    at,
    type: z.literal('case-retried'),
    case: reference,
    attempt,
    result: caseResultSchema,
  }),
  z.looseObject({
    at,
    type: z.literal('case-finished'),
    case: reference,
    result: caseResultSchema,
  }),
  z.looseObject({ at, type: z.literal('interrupted'), signal: z.string() }),
  z.looseObject({ at, type: z.literal('run-finished'), report: runReportSchema }),
]);
