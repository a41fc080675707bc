import * as z from 'zod';
import type { Comparison } from '../compare/classify.ts';
import { classes } from '../compare/classify.ts';
import { sideSchema } from '../compare/record.ts';
import type { ComparisonReport } from '../report/comparison-text.ts';

const comparison: z.ZodType<Comparison> = z.strictObject({
  key: z.string().describe('arch/scenario'),
  class: z.enum(classes),
  reason: z.string(),
  baseline: sideSchema.nullable(),
  candidate: sideSchema.nullable(),
  cost: z.array(
    z.strictObject({
      stage: z.string(),
      baseline: z.number().describe('Median, in guest seconds.'),
      candidate: z.number(),
      n: z.int().min(0),
      spread: z.number(),
      kind: z.enum(['costlier', 'cheaper', 'undecided']),
    }),
  ),
});

export const comparisonSchema: z.ZodType<ComparisonReport> = z.strictObject({
  schema: z.literal('kexec-lab/comparison@1'),
  baseline: z.string(),
  candidate: z.string(),
  differences: z.array(z.string()),
  decision: z.enum(['ROLL', 'HOLD']),
  reasons: z.array(z.string()),
  comparisons: z.array(comparison),
});
