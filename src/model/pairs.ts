import * as z from 'zod';
import {
  archSchema,
  evidenceSchema,
  generation,
  openObject,
  outcomeIdSchema,
  seconds,
  stageSchema,
} from './boot.ts';
import { caseDirectorySchema } from './result.ts';

// What `kexec-lab pairs` writes: which kernel comes up after which.

const word = z.string().min(1);

const kernelSchema = openObject({
  word: word.describe('As --from and --to take it, such as debian:sid.'),
  label: z.string().describe('The release, where the name of the package shows it.'),
});

/** A kernel of a table. */
export type PairKernel = z.infer<typeof kernelSchema>;

const cellSchema = openObject({
  from: word.describe('The first kernel.'),
  to: word.describe('The kernel that it starts with kexec.'),
  key: z
    .string()
    .regex(/^[\da-f]{16}$/)
    .describe(
      'Digest of everything that the boot depends on: images, machine, QEMU, kexec-lab. A pair with the same key is not booted again.',
    ),
  verdict: z.enum(['pass', 'fail']).describe('pass: the second kernel is proved to run.'),
  outcome: outcomeIdSchema,
  generation,
  stage: stageSchema.nullable(),
  release: z.string().nullable().describe('The release that the last kernel printed.'),
  flaky: z.boolean().describe('True for a pass after an attempt that did not pass.'),
  guestSeconds: seconds
    .nullable()
    .describe(
      "By the second kernel's clock, from its start to its initramfs; null where its console shows none.",
    ),
  meaning: z.string(),
  cure: z.string(),
  evidence: z.array(evidenceSchema).max(5).describe('The cause first.'),
  autopsy: z.string().nullable().describe('What the memory of a silent machine shows.'),
  finding: z.string().describe('Failures with the same cause have the same one.'),
  run: z.string().describe("The run's directory, relative to this file."),
  directory: caseDirectorySchema,
});

/** A pair that was booted. */
export type PairCell = z.infer<typeof cellSchema>;

const tableSchema = openObject({
  arch: archSchema,
  machine: z.string().describe('The machine profile, and its shape.'),
  kexecTools: z.string().nullable().describe('As --kexec-tools takes it; null: of the provider.'),
  cure: z.boolean().describe('Whether kexec is given the options that are known to help.'),
  from: z.array(kernelSchema),
  to: z.array(kernelSchema),
  cells: z
    .array(cellSchema)
    .describe('The pairs that were booted. A pair that is missing was not, or gave no result.'),
});

/** The pairs of one machine with one kexec-tools. */
export type PairTable = z.infer<typeof tableSchema>;

/** `pairs.json`. */
export const pairsSchema = openObject({
  schema: z.literal('kexec-lab/pairs@1'),
  tables: z.array(tableSchema),
});

export type Pairs = z.infer<typeof pairsSchema>;
