import * as z from 'zod';
import {
  archSchema,
  count,
  evidenceSchema,
  openObject,
  outcomeIdSchema,
  scenarioName,
} from './boot.ts';

// What `kexec-lab bisect --json` prints.

export const judgements = ['good', 'bad', 'other', 'untried'] as const;

const kernelSchema = openObject({
  word: z.string().describe('As --good and --bad take it.'),
  label: z.string(),
  version: z.string().nullable().describe("The package's version; null for a kernel of yours."),
  judgement: z
    .enum(judgements)
    .describe('other: its boots ended otherwise, so they show nothing about the failure.'),
  passes: count,
  fails: count,
  others: count,
});

/** A kernel of the search. */
export type BisectKernel = z.infer<typeof kernelSchema>;

const failureSchema = openObject({
  outcome: outcomeIdSchema,
  meaning: z.string(),
  cure: z.string(),
  evidence: z.array(evidenceSchema),
  directory: z.string().describe('The records of a boot that shows it.'),
});

/** The failure that is searched for. */
export type BisectFailure = z.infer<typeof failureSchema>;

const changedOption = openObject({
  option: z.string(),
  good: z.string().nullable().describe('Null where the option is not set.'),
  bad: z.string().nullable(),
});

export const bisectSchema = openObject({
  schema: z.literal('kexec-lab/bisect@1'),
  arch: archSchema,
  scenario: scenarioName,
  kernels: z.array(kernelSchema).min(2).describe('In order, from good to bad.'),
  failure: failureSchema
    .nullable()
    .describe(
      'What the bad end showed; null where the search is for guest time, or it showed none.',
    ),
  seconds: openObject({ good: z.number(), bad: z.number() })
    .nullable()
    .describe('With --cost: the guest seconds of the second kernel at both ends.'),
  result: openObject({
    good: z.string(),
    bad: z.string(),
    risk: z
      .number()
      .describe('The probability that the answer is wrong because a failure did not show.'),
    hidden: z.array(z.string()).describe('Kernels between the two that could not be judged.'),
    config: z.array(changedOption).nullable().describe('Null where a configuration is not known.'),
    changelog: z
      .array(openObject({ version: z.string(), text: z.string() }))
      .describe("The bad package's changes since the good one, the newest first."),
  })
    .nullable()
    .describe('Null where the bad end did not show the failure.'),
});

export type Bisection = z.infer<typeof bisectSchema>;
