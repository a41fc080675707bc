import * as z from 'zod';
import { openObject, wordsSchema } from './primitives.ts';
import type { OutcomeId } from './vocabulary.ts';
import { certainties, outcomeIds, stages } from './vocabulary.ts';

export const stageSchema = z.enum(stages);
export const outcomeIdSchema = z.enum(outcomeIds);

export const evidenceSchema = openObject({
  line: z.int().min(1).nullable().describe('1-based line of the raw console.'),
  /** The line with escape sequences and control characters removed, or a sentence about the samples. */
  text: z.string(),
  /** The signature that matched, or `cpu-samples`, `silence`, `stopped` (the lab gave up), `qemu`, `screen`, `last-line`. */
  signature: z.string(),
});

/** One piece of proof. Console evidence has a line (it ends at `\n`); samples, silence and QEMU's own words have none. */
export type Evidence = z.infer<typeof evidenceSchema>;

const signal = {
  signature: z.string().describe('The id of the signature, such as kexec-bye.'),
  line: z.int().min(1).describe('1-based line of the raw console in which the match begins.'),
  /** The cleaned line (a userspace line cut by kernel text is given whole). */
  text: z.string(),
  captures: wordsSchema.describe('What the signature names: device, reason, release, …'),
  guestSeconds: z.number().nullable().describe("The kernel's own clock."),
};

export const signalSchema = openObject(signal);

/** A signature seen on the console. */
export type Signal = z.infer<typeof signalSchema>;

/** A line of `signals.jsonl`. */
export const signalLineSchema = z.strictObject({
  seconds: z.number().min(0).describe('Host seconds since power-on.'),
  ...signal,
});

/** A line of `samples.jsonl`: one look at the CPUs while the console is silent. */
export const sampleLineSchema = z.strictObject({
  /** Host milliseconds since power-on, from a monotonic clock. */
  at: z.number(),
  /** Program counter per vCPU, as QEMU reports it, in hexadecimal. */
  pcs: z.array(z.string().regex(/^[0-9a-f]+$/)),
  /** Stands for all registers of all vCPUs: equal where they are equal. Code that works on something changes them. */
  registers: z.string(),
  /** Host CPU time the vCPU threads have used since power-on, in milliseconds. */
  cpuMs: z.number(),
  /**
   * Whether every vCPU thread slept at this moment. The accounts below stand still, too, while the hypervisor has taken
   * the host's own CPU away: only this tells such a guest from a halted one.
   */
  asleep: z.boolean(),
  /**
   * How long those threads have wanted a CPU since power-on, whether they got it or had to wait for the host to give
   * them one, in milliseconds: this alone tells a halted guest from one that a busy host starves.
   */
  runnableMs: z.number(),
  /** The guest's clock, in seconds from an arbitrary start. */
  guestSeconds: z.number(),
  /**
   * Guest seconds spent on executing instructions, where they are counted (null elsewhere). What is missing to the
   * guest's clock was skipped because every CPU was idle, however busy the skipping kept the host.
   */
  executedSeconds: z.number().nullable(),
  /** For how many host milliseconds the console had been silent. */
  silentMs: z.number(),
});

export type SampleLine = z.infer<typeof sampleLineSchema>;

/** One look at the machine's CPUs while the console is silent. Taken by src/qemu, judged in src/boot. */
export type CpuSample = Omit<SampleLine, 'pcs' | 'silentMs'> & {
  /** Program counter per vCPU, as QEMU reports it. */
  pcs: bigint[];
};

export const diagnosisSchema = z.strictObject({
  schema: z.literal('kexec-lab/diagnosis@1'),
  log: z.string().optional().describe('Where the log was read from.'),
  lines: z.int().min(0),
  outcome: outcomeIdSchema,
  generation: z.int().min(0).describe('How many kernels had spoken since power-on.'),
  stage: stageSchema,
  /** The cause first; what supports it after it. */
  evidence: z.array(evidenceSchema),
  /** What the evidence names: `device`, `reason`, `panic`, `release`, … */
  captures: wordsSchema,
  /** One or two sentences: what this means. */
  meaning: z.string(),
  /** One or two sentences: what usually cures it. Empty for `booted`. */
  cure: z.string(),
  certainty: z
    .enum(certainties)
    .describe(
      'proved: by more than the console; shown: a line says so; likely: only where it ends.',
    ),
  alternatives: z
    .array(
      z.strictObject({
        outcome: outcomeIdSchema,
        line: z.int().min(1).nullable().describe('The line that speaks for it.'),
        because: z.string(),
      }),
    )
    .describe('What else it could be, the likeliest first.'),
  settle: z.string().describe('What would settle it; empty where nothing has to.'),
  /** What was recognised, in order; of a very long log the beginning and the end. */
  signals: z.array(signalSchema),
  /** How many signals are left out between the two. */
  signalsOmitted: z.int().min(0),
});

/** What a console log shows, as `kexec-lab diagnose --json` prints it. */
export type DiagnosisDocument = z.infer<typeof diagnosisSchema>;

/** What happened, and what says so. */
export type Outcome = { id: OutcomeId } & Pick<
  DiagnosisDocument,
  'generation' | 'stage' | 'evidence' | 'captures' | 'meaning' | 'cure'
>;

/** How sure a diagnosis is, what else it could be, and what would settle it. */
export type Doubt = Pick<DiagnosisDocument, 'certainty' | 'alternatives' | 'settle'>;

/** Another outcome that a boot may have had, and what speaks for it. */
export type Alternative = Doubt['alternatives'][number];
