import * as z from 'zod';
import { archSchema } from './primitives.ts';

export const candidateLabelSchema = z.strictObject({
  kernel: z.string(),
  initrd: z.string().nullable(),
  kexecTools: z.string().nullable(),
  firstKernel: z.string().nullable(),
});

/** A candidate as the user named it, for reports. */
export type CandidateLabel = z.infer<typeof candidateLabelSchema>;

const findingSchema = z.strictObject({
  /** Stable, for scripts. */
  id: z.string(),
  severity: z.enum(['stop', 'warn', 'note']),
  /** One sentence. */
  message: z.string(),
  /** What to do about it. */
  advice: z.string(),
  /** Where it was read: a file, a configuration line. */
  source: z.string(),
});

/** What preflight found out about a candidate. */
export type Finding = z.infer<typeof findingSchema>;

/** `stop`: it cannot work. `warn`: it works only after some preparation. `note`: it could not be checked. */
export type Severity = Finding['severity'];

export const preflightSchema = z.strictObject({
  schema: z.literal('kexec-lab/preflight@1'),
  candidate: candidateLabelSchema,
  stops: z.boolean().describe('Whether a finding says that it cannot work.'),
  found: z.array(z.strictObject({ arch: archSchema, findings: z.array(findingSchema) })),
});

/** What `kexec-lab preflight --json` prints. */
export type PreflightDocument = z.infer<typeof preflightSchema>;
