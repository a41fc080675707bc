import * as z from 'zod';
import { archSchema } from './primitives.ts';
import { severities } from './vocabulary.ts';

export const candidateLabelSchema = z.strictObject({
  kernel: z.string(),
  initrd: z.string().nullable(),
  kexecTools: z.string().nullable(),
  firstKernel: z.string().nullable(),
});

/** A candidate as the user named it, for reports. */
export type CandidateLabel = z.infer<typeof candidateLabelSchema>;

const findingSchema = z.strictObject({
  id: z.string().describe('Stable, for scripts.'),
  severity: z
    .enum(severities)
    .describe(
      'stop: it cannot work. warn: it works only after some preparation. note: it could not be checked.',
    ),
  message: z.string().describe('What was found, one sentence.'),
  advice: z.string().describe('What to do about it.'),
  source: z.string().describe('Where it was found: a file, a configuration line.'),
});

/** Something that preflight found out about a candidate. */
export type Finding = z.infer<typeof findingSchema>;

export const preflightSchema = z.strictObject({
  schema: z.literal('kexec-lab/preflight@1'),
  candidate: candidateLabelSchema,
  stops: z.boolean().describe('Whether any finding has the severity stop.'),
  found: z.array(z.strictObject({ arch: archSchema, findings: z.array(findingSchema) })),
});

/** What `kexec-lab preflight --json` prints. */
export type PreflightDocument = z.infer<typeof preflightSchema>;
