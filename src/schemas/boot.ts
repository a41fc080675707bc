import * as z from 'zod';
import { certainties } from '../boot/decision.ts';
import type { DiagnosisDocument } from '../boot/diagnosis.ts';
import { outcomeIds, stages } from '../boot/outcome.ts';
import type { Evidence } from '../boot/outcome.ts';
import type { Signal } from '../boot/signal.ts';

export const stageSchema = z.enum(stages);
export const outcomeSchema = z.enum(outcomeIds);
export const wordsSchema = z.record(z.string(), z.string());

export const evidenceSchema: z.ZodType<Evidence> = z.looseObject({
  line: z.int().min(1).nullable().describe('1-based line of the raw console.'),
  text: z.string(),
  signature: z.string(),
});

const signal = {
  signature: z.string().describe('The id of the signature, such as kexec-bye.'),
  line: z.int().min(1).describe('1-based line of the raw console in which the match begins.'),
  text: z.string(),
  captures: wordsSchema.describe('What the signature names: device, reason, release, …'),
  guestSeconds: z.number().nullable().describe("The kernel's own clock."),
};

export const signalSchema: z.ZodType<Signal> = z.looseObject(signal);

/** A line of `signals.jsonl`. */
export const signalLineSchema = z.strictObject({
  seconds: z.number().min(0).describe('Host seconds since power-on.'),
  ...signal,
});

export const diagnosisSchema: z.ZodType<DiagnosisDocument> = z.strictObject({
  schema: z.literal('kexec-lab/diagnosis@1'),
  log: z.string().optional().describe('Where the log was read from.'),
  lines: z.int().min(0),
  outcome: outcomeSchema,
  generation: z.int().min(0).describe('How many kernels had spoken since power-on.'),
  stage: stageSchema,
  evidence: z.array(evidenceSchema),
  captures: wordsSchema,
  meaning: z.string(),
  cure: z.string(),
  certainty: z
    .enum(certainties)
    .describe(
      'proved: by more than the console; shown: a line says so; likely: only where it ends.',
    ),
  alternatives: z
    .array(
      z.strictObject({
        outcome: outcomeSchema,
        line: z.int().min(1).nullable().describe('The line that speaks for it.'),
        because: z.string(),
      }),
    )
    .describe('What else it could be, the likeliest first.'),
  settle: z.string().describe('What would settle it; empty where nothing has to.'),
  signals: z.array(signalSchema),
  signalsOmitted: z.int().min(0),
});
