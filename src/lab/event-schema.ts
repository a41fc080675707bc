import * as z from 'zod';
import { outcomeIds, stages } from '../boot/outcome.ts';
import { guestTimes } from '../qemu/guest-time.ts';
import { arches } from '../scenario/scenario.ts';
import type { LabEvent } from './events.ts';
import type { CaseResult, Environment, RunReport } from './result.ts';

const arch = z.enum(arches);
const stage = z.enum(stages);
const outcome = z.enum(outcomeIds).nullable();
/** Seconds on the host's clock, or the kernel's; thirty years are more than any run. */
const seconds = z.number().min(0).max(1e9);
/** How many kernels have spoken. */
const generation = z.int().min(0).max(1e6);
const verdict = z.enum(['pass', 'fail', 'error', 'unavailable', 'interrupted']);
const words = z.record(z.string(), z.string());
const packages = z.array(
  z.object({ name: z.string(), version: z.string(), architecture: z.string(), suite: z.string() }),
);

/** Memory and CPUs of a machine. */
const amount = z.number().min(0).max(1e12);

/** A case's directory as `caseDirectory` names it: a file that comes from elsewhere may not lead out of its run. */
const directory = z
  .string()
  .regex(
    /^(aarch64|arm)\/[a-z0-9-]+(\.repeat\d+)?(\.retry\d+)?$/,
    'this is not the directory of a case',
  );

/** Below a case's directory: a boot more, made to talk or recorded. */
const directoryWithin = z
  .string()
  .regex(
    /^(aarch64|arm)\/[a-z0-9-]+(\.repeat\d+)?(\.retry\d+)?(\/[a-z0-9-]+)*$/,
    'this is not a directory of a case',
  );

const evidence = z.array(
  z.object({ line: z.int().min(0).nullable(), text: z.string(), signature: z.string() }),
);

const reference = z.object({
  id: z.string().regex(/^[a-z0-9]+\/[a-z0-9-]+(#\d+)?$/, 'this is not the id of a case'),
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
  repeat: z.int().min(1).max(1e6),
  verdict,
  reasons: z.array(z.string()),
  place: z.string(),
  outcome,
  expected: expectation,
  evidence,
  captures: words,
  generation,
  stage: stage.nullable(),
  meaning: z.string(),
  cure: z.string(),
  reported: z.array(z.object({ state: z.string(), hostSeconds: seconds })),
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
      generation,
      hostSeconds: seconds,
      guestSeconds: seconds.nullable(),
    }),
  ),
  price: z.object({ beforeHandover: seconds, afterHandover: seconds }).nullable(),
  checkpoint: z.string().nullable(),
  entropy: z.array(
    z.object({
      generation,
      crngReady: seconds.nullable(),
      getrandom: z.union([seconds, z.literal('blocked')]).nullable(),
    }),
  ),
  autopsy: z.looseObject({ reason: z.string(), sentence: z.string() }).nullable(),
  secondOpinion: z
    .looseObject({
      outcome: z.enum(outcomeIds),
      generation,
      stage: stage.nullable(),
      meaning: z.string(),
      evidence,
      directory: directoryWithin,
    })
    .nullable(),
  recording: z
    .looseObject({ directory: directoryWithin, outcome, boots: z.int().min(1).max(1e6) })
    .nullable(),
  release: z.string().nullable(),
  packages,
  wallSeconds: seconds,
  attempts: z.array(z.object({ verdict, outcome, wallSeconds: seconds })),
  directory,
  flaky: z.boolean(),
}) as unknown as z.ZodType<CaseResult>;

const environment = z.looseObject({
  kexecLab: z.string(),
  node: z.string(),
  host: z.object({
    os: z.string(),
    arch: z.string(),
    cpus: amount,
    cpuModel: z.string(),
    memoryMiB: amount,
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
  candidate: z
    .looseObject({
      kernel: z.string(),
      initrd: z.string().nullable(),
      kexecTools: z.string().nullable(),
      firstKernel: z.string().nullable(),
    })
    .optional(),
  images: words,
  packages,
}) as unknown as z.ZodType<Environment>;

/** `report.json`, and what `run-finished` carries. */
export const runReportSchema = z.looseObject({
  schema: z.literal('kexec-lab/run@1'),
  id: z.string(),
  startedAt: z.iso.datetime(),
  environment,
  results: z.array(caseResultSchema),
  summary: z.looseObject({
    pass: z.int().min(0),
    fail: z.int().min(0),
    error: z.int().min(0),
    unavailable: z.int().min(0),
    interrupted: z.int().min(0),
    total: z.int().min(0),
    wallSeconds: seconds,
    flaky: z.int().min(0),
  }),
  exitCode: z.int().min(0).max(255),
}) as unknown as z.ZodType<RunReport>;

/** What is wrong with a record first, in one line: where in it, and what. */
export function firstIssue({ issues: [issue] }: z.ZodError): string {
  const place = issue?.path.map(String).join('.') ?? '';
  return `${place === '' ? 'the record' : place}: ${issue?.message ?? 'not understood'}`;
}

const at = z.number();

/** A line of `events.jsonl`. What later versions add to an event is kept. */
export const eventSchema = z.discriminatedUnion('type', [
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
      .object({ index: z.int().min(1), count: z.int().min(1), all: z.array(reference) })
      .optional(),
  }),
  z.looseObject({ at, type: z.literal('environment'), environment }),
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
    attempt: z.int().min(1),
    directory,
  }),
  z.looseObject({ at, type: z.literal('case-stage'), case: reference, generation, stage }),
  z.looseObject({
    at,
    type: z.literal('case-signal'),
    case: reference,
    signal: z.looseObject({ signature: z.string(), line: z.int().min(0), text: z.string() }),
  }),
  z.looseObject({
    at,
    type: z.literal('case-retried'),
    case: reference,
    attempt: z.int().min(1),
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
    report: runReportSchema,
  }),
]) as unknown as z.ZodType<LabEvent>;
