import * as z from 'zod';
import { outcomeIdSchema, stageSchema, archSchema, count, seconds, wordsSchema } from './boot.ts';
import { variantSchema } from './result.ts';
import { serverComparisonSchema } from './server.ts';
import { comparisonClasses, costChanges, decisions } from './vocabulary.ts';

const tallySchema = z.strictObject({
  fingerprint: z.string(),
  outcome: outcomeIdSchema,
  stage: stageSchema,
  generation: count,
  proof: z.string().describe('The line that proves it best, for people.'),
  count: z.int().min(1),
});

/** How often a scenario had one particular result. */
export type Tally = z.infer<typeof tallySchema>;

/** Boots of one kernel in one scenario. */
const boots = count.max(1e6);

const sideSchema = z.strictObject({
  scenario: z.string().regex(/^[a-z0-9-]+$/),
  arch: archSchema,
  expected: outcomeIdSchema.describe('The outcome that the scenario expects.'),
  machine: z
    .string()
    .optional()
    .describe('The machine profile and its shape. Not in records of earlier versions.'),
  variant: variantSchema
    .pick({ of: true, label: true })
    .optional()
    .describe('Where --machine or --shape replaced the machine of the scenario.'),
  passes: boots,
  fails: boots,
  untold: boots.describe(
    'Inconclusive boots: the case could not be run, or its outcome is unknown.',
  ),
  tallies: z
    .array(tallySchema)
    .describe('The results of the boots that passed or failed, most frequent first.'),
  cost: z
    .record(z.string(), z.array(seconds))
    .describe(
      'Guest seconds per stage, such as "2 kernel", one number per boot that passed. Empty where the clock was the host\'s.',
    ),
});

/** What one kernel did in one scenario on one architecture, over all repeats. */
export type Side = z.infer<typeof sideSchema>;

/** A baseline file: the results of a run that others are compared with, in a form for review in git. */
export const baselineSchema = z.strictObject({
  schema: z.literal('kexec-lab/baseline@1'),
  qemu: wordsSchema.describe("QEMU's version, by architecture."),
  images: wordsSchema.describe(
    'Content keys of the images that boot first, by arch/recipe. The images that kexec starts are left out, because they are what is compared.',
  ),
  releases: z
    .record(z.string(), z.array(z.string()))
    .describe('Releases that booted after a kexec, by architecture.'),
  scenarios: z.record(z.string(), sideSchema).describe('By arch/scenario.'),
});

export type Baseline = z.infer<typeof baselineSchema>;

const costChangeSchema = z.strictObject({
  stage: z.string().describe('The generation and the stage, such as "2 kernel".'),
  baseline: z.number().describe('Median, in guest seconds.'),
  candidate: z.number().describe('Median, in guest seconds.'),
  n: count.describe('Boots on the side with fewer.'),
  spread: z
    .number()
    .describe("Largest distance of a boot from its side's median, as a share of the median."),
  kind: z
    .enum(costChanges)
    .describe('undecided: the difference is within the spread of either side.'),
});

/** How much longer or shorter a stage takes with the candidate. */
export type CostChange = z.infer<typeof costChangeSchema>;

const comparisonEntrySchema = z.strictObject({
  key: z.string().describe('arch/scenario'),
  class: z.enum(comparisonClasses),
  reason: z.string().describe('Why it is in that class, one sentence.'),
  baseline: sideSchema.nullable(),
  candidate: sideSchema.nullable(),
  cost: z.array(costChangeSchema),
});

/** One scenario on one architecture, with both kernels. */
export type Comparison = z.infer<typeof comparisonEntrySchema>;

const comparedServerSchema = serverComparisonSchema.extend({
  key: z.string().describe('arch/scenario'),
});

/** A captured server of a comparison, and its machine in the lab. */
export type ComparedServer = z.infer<typeof comparedServerSchema>;

/** What `kexec-lab check --json` and `kexec-lab compare --json` print. */
export const comparisonSchema = z.strictObject({
  schema: z.literal('kexec-lab/comparison@1'),
  baseline: z.string(),
  candidate: z.string(),
  differences: z
    .array(z.string())
    .describe('What else differs between the sides. If anything does, times are not compared.'),
  decision: z.enum(decisions),
  neither: z
    .array(z.string())
    .describe('Which cases come up with neither kernel, one sentence per machine.'),
  reasons: z.array(z.string()).describe('Why the decision is HOLD, one sentence each.'),
  caveats: z
    .array(z.string())
    .describe('What the boots could not show, whatever the decision, one sentence each.'),
  servers: z
    .array(comparedServerSchema)
    .describe('How each captured server and its machine in the lab compare.'),
  comparisons: z.array(comparisonEntrySchema),
});

export type ComparisonReport = z.infer<typeof comparisonSchema>;

/** Whether to roll the candidate out, and if not, why. */
export type RolloutDecision = Pick<ComparisonReport, 'decision' | 'reasons'>;
