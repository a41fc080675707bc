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

// What `kexec-lab watch` writes: the pairs of the archive's kernels that were booted, day after day.

const word = z.string().min(1);

const watchedKernelSchema = openObject({
  suite: word.describe("Debian's suite."),
  package: word.describe('Such as linux-image-6.12.95+deb13-cloud-arm64.'),
  version: word.describe("The package's version."),
});

/** A kernel package of the archive. */
export type WatchedKernel = z.infer<typeof watchedKernelSchema>;

const entrySchema = openObject({
  arch: archSchema,
  machine: word.describe('The machine profile, and its shape.'),
  kexecTools: z.string().nullable().describe('As --kexec-tools takes it; null: of the provider.'),
  cure: z.boolean().describe('Whether kexec is given the options that are known to help.'),
  from: watchedKernelSchema.describe('The first kernel.'),
  to: watchedKernelSchema.describe('The kernel that it starts with kexec.'),
  verdict: z.enum(['pass', 'fail']).describe('pass: the second kernel is proved to run.'),
  outcome: outcomeIdSchema,
  generation,
  stage: stageSchema.nullable(),
  guestSeconds: seconds
    .nullable()
    .describe("By the second kernel's clock, from its start to its initramfs."),
  meaning: z.string(),
  cause: evidenceSchema.nullable().describe('The line of the console that proves a failure.'),
});

/** A pair that was booted. */
export type HistoryEntry = z.infer<typeof entrySchema>;

/** The file of `--history`: sorted and without dates, so that version control shows what is new. */
export const historySchema = openObject({
  schema: z.literal('kexec-lab/history@1'),
  entries: z.array(entrySchema),
});

export type History = z.infer<typeof historySchema>;

const changeSchema = openObject({
  kind: z
    .enum(['broke', 'fails', 'other-failure', 'still-fails', 'works-again', 'works'])
    .describe(
      'Compared with the version before: broke: it came up; fails: there was none; other-failure: it failed otherwise; still-fails: it failed in the same way; works-again: it failed; works: it came up, or there was none.',
    ),
  entry: entrySchema,
  before: entrySchema.nullable().describe('The version before; null: the first one.'),
  record: z
    .string()
    .nullable()
    .describe("The directory of the boot's records, relative to --out; null: it is unknown."),
});

/** A pair that was booted for the first time, compared with the one before it. */
export type HistoryChange = z.infer<typeof changeSchema>;

/** `kexec-lab watch --json`. */
export const watchSchema = openObject({
  schema: z.literal('kexec-lab/watch@1'),
  changes: z.array(changeSchema).describe('What is new, the worst first.'),
  failing: z
    .array(entrySchema)
    .describe('The newest pairs of each suite that fail, and are not among the changes.'),
  notAsked: z
    .array(openObject({ arch: archSchema, suite: word, why: z.string() }))
    .describe('Suites whose package index could not be read.'),
  withoutResult: z
    .number()
    .int()
    .min(0)
    .describe('Pairs that the lab could not boot, or whose outcome is in doubt.'),
});

export type Watch = z.infer<typeof watchSchema>;
