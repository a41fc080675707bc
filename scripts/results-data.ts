import * as z from 'zod';
import { arches } from '../src/arch.ts';

/** What `npm run results` measured, as docs/results.json keeps it. Times are guest seconds, dates ISO 8601. */
export const resultsSchema = z.strictObject({
  date: z.iso.date(),
  qemu: z.string(),
  firstKernel: z.string(),
  boots: z.array(
    z.strictObject({
      kernel: z.string(),
      kexecTools: z.string(),
      scenario: z.string(),
      arch: z.enum(arches),
      /** The outcome, or the verdict where the lab could not run it. */
      became: z.string(),
      generation: z.int(),
      stage: z.string().nullable(),
      firstRelease: z.string(),
      kernelVersion: z.string(),
      kexecToolsVersion: z.string(),
      /** From the second kernel's first word to the start of its initramfs; null where it did not get there. */
      kernelSeconds: z.number().nullable(),
      /** What the memory of a silent machine told. */
      reason: z.string().nullable(),
      meaning: z.string(),
      cure: z.string(),
      evidence: z.array(z.string()),
    }),
  ),
  /** What preflight says of a kernel with the kexec-tools of its own suite. */
  findings: z.array(
    z.strictObject({
      kernel: z.string(),
      arch: z.enum(arches),
      severity: z.string(),
      id: z.string(),
      message: z.string(),
    }),
  ),
});

export type Results = z.infer<typeof resultsSchema>;
export type BootOfResults = Results['boots'][number];
