import * as z from 'zod';
import { arches } from '../arch.ts';
import type { CandidateLabel } from '../candidate/candidate.ts';
import type { Finding } from '../candidate/preflight/facts.ts';
export const candidateLabelSchema: z.ZodType<CandidateLabel> = z.strictObject({
  kernel: z.string(),
  initrd: z.string().nullable(),
  kexecTools: z.string().nullable(),
  firstKernel: z.string().nullable(),
});

const finding: z.ZodType<Finding> = z.strictObject({
  id: z.string(),
  severity: z.enum(['stop', 'warn', 'note']),
  message: z.string(),
  advice: z.string(),
  source: z.string(),
});

export const preflightSchema = z.strictObject({
  schema: z.literal('kexec-lab/preflight@1'),
  candidate: candidateLabelSchema,
  stops: z.boolean().describe('Whether a finding says that it cannot work.'),
  found: z.array(z.strictObject({ arch: z.enum(arches), findings: z.array(finding) })),
});
