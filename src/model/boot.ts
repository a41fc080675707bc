import * as z from 'zod';
import { arches } from '../arch.ts';
import type { OutcomeId } from './vocabulary.ts';
import { certainties, outcomeIds, stages } from './vocabulary.ts';

/**
 * An object that keeps unknown keys, so that records of later versions can be read. Its type has the known keys only.
 */
export function openObject<Shape extends z.core.$ZodShape>(shape: Shape): z.ZodObject<Shape> {
  return z.looseObject(shape);
}

/** The first problem of a record in one line, with its place in the record. */
export function firstIssue({ issues: [issue] }: z.ZodError): string {
  const place = issue?.path.map(String).join('.') ?? '';
  return `${place === '' ? 'the record' : place}: ${issue?.message ?? 'not valid'}`;
}

export const archSchema = z.enum(arches);
export const scenarioName = z.string().regex(/^[a-z0-9-]+$/, 'this is not a scenario name');

/** Seconds on the host's clock or the kernel's. The limit is thirty years. */
export const seconds = z.number().min(0).max(1e9);

/** How many kernels have started since power-on; 0 is firmware. */
export const generation = z.int().min(0).max(1e6);

/** How often something was done, at least once. */
export const times = z.int().min(1).max(1e6);

/** A number of things. */
export const count = z.int().min(0);

/** Texts by name. */
export const wordsSchema = z.record(z.string(), z.string());

export const stageSchema = z.enum(stages);
export const outcomeIdSchema = z.enum(outcomeIds);

export const evidenceSchema = openObject({
  line: z
    .int()
    .min(1)
    .nullable()
    .describe('1-based line of the raw console; null for evidence that is not from the console.'),
  text: z
    .string()
    .describe(
      'The line without escape sequences and control characters, or a sentence about the samples.',
    ),
  signature: z
    .string()
    .describe(
      'The signature that matched, or cpu-samples, silence, stopped (the lab gave up), qemu, screen, last-line, proof-command.',
    ),
});

/**
 * One piece of evidence. Evidence from the console has a line (lines end at `\n`); samples, silence and QEMU's messages
 * do not.
 */
export type Evidence = z.infer<typeof evidenceSchema>;

const signal = {
  signature: z.string().describe('The id of the signature, such as kexec-bye.'),
  line: z.int().min(1).describe('1-based line of the raw console in which the match begins.'),
  text: z
    .string()
    .describe(
      'The line without control characters. A userspace line that kernel text interrupted is whole.',
    ),
  captures: wordsSchema.describe('What the signature captures: device, reason, release, …'),
  guestSeconds: z
    .number()
    .nullable()
    .describe("The kernel's own clock; null where the line has no timestamp."),
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
  at: z.number().describe('Host milliseconds since power-on, from a monotonic clock.'),
  pcs: z
    .array(z.string().regex(/^[0-9a-f]+$/))
    .describe('Program counter of each vCPU, as QEMU reports it, in hexadecimal.'),
  registers: z
    .string()
    .describe('A digest of all registers of all vCPUs. Code that makes progress changes it.'),
  cpuMs: z
    .number()
    .describe('Host CPU time the vCPU threads have used since power-on, in milliseconds.'),
  /**
   * If the host is a virtual machine, the CPU times also stop while its hypervisor withholds the CPU. Only this field
   * distinguishes that from a halted guest.
   */
  asleep: z.boolean().describe('Whether every vCPU thread was asleep at this moment.'),
  /** Distinguishes a halted guest from one that a busy host starves. */
  runnableMs: z
    .number()
    .describe(
      'How long those threads have been runnable since power-on, running or waiting for a host CPU, in milliseconds.',
    ),
  guestSeconds: z.number().describe("The guest's clock, in seconds from an arbitrary start."),
  /**
   * The rest of the guest's time was idle and skipped. Skipping keeps the host's CPU busy, so CPU time does not show
   * it.
   */
  executedSeconds: z
    .number()
    .nullable()
    .describe(
      'Guest seconds spent executing instructions; null where instructions are not counted.',
    ),
  silentMs: z.number().describe('How long the console had been silent, in host milliseconds.'),
});

export type SampleLine = z.infer<typeof sampleLineSchema>;

/** One look at the machine's CPUs while the console is silent. Taken by src/qemu, judged in src/boot. */
export type CpuSample = Omit<SampleLine, 'pcs' | 'silentMs'> & {
  /** Program counter per vCPU, as QEMU reports it. */
  pcs: bigint[];
};

const rangeShape = {
  start: z.int().min(0).describe('The first physical address.'),
  end: z.int().min(0).describe('The first address behind.'),
};

export const memoryMapSchema = z.strictObject({
  line: z
    .int()
    .min(1)
    .nullable()
    .describe('The line of the log with the first segment; null of a load that is planned.'),
  regions: z.array(
    z.strictObject({
      ...rangeShape,
      name: z.string(),
      when: z
        .enum(['loaded', 'unpacking', 'running'])
        .describe(
          'loaded by kexec; used while a zImage unpacks itself; the kernel when it starts.',
        ),
    }),
  ),
  overlaps: z
    .array(
      z.strictObject({
        ...rangeShape,
        by: z.string().describe('What is written there.'),
        what: z.string().describe('The loaded part that is overwritten.'),
        only: z.string().describe('The condition, where not all is known; empty: certain.'),
      }),
    )
    .describe('Parts that are overwritten before the new kernel has read them.'),
  unknown: z.array(z.string()).describe('What is not known.'),
});

/** Where the parts of a loaded kernel are, where the kernel unpacks itself, and what it overwrites. */
export type MemoryMap = z.infer<typeof memoryMapSchema>;

export const diagnosisSchema = z.strictObject({
  schema: z.literal('kexec-lab/diagnosis@1'),
  log: z.string().optional().describe('The file the log was read from, or "standard input".'),
  lines: z.int().min(0).describe('Lines of the log.'),
  outcome: outcomeIdSchema,
  generation: z
    .int()
    .min(0)
    .describe('How many kernels had started since power-on; 0 is firmware.'),
  stage: stageSchema,
  evidence: z.array(evidenceSchema).describe('The cause first, then what supports it.'),
  captures: wordsSchema.describe('What the evidence names: device, reason, panic, release, …'),
  meaning: z.string().describe('What the outcome means, in one or two sentences.'),
  cure: z.string().describe('What usually helps, in one or two sentences. Empty for booted.'),
  certainty: z
    .enum(certainties)
    .describe(
      'proved: by more than the console. shown: a console line says so. likely: inferred from where the console ends. unknown: the console does not show it.',
    ),
  alternatives: z
    .array(
      z.strictObject({
        outcome: outcomeIdSchema,
        line: z.int().min(1).nullable().describe('The line that suggests it.'),
        because: z.string().describe('Why it is possible.'),
      }),
    )
    .describe('Other possible outcomes, most likely first.'),
  settle: z.string().describe('What would settle the diagnosis. Empty where it is certain.'),
  signals: z
    .array(signalSchema)
    .describe('The recognised signals, in order. For a very long log, only those at both ends.'),
  signalsOmitted: z.int().min(0).describe('How many signals are left out in the middle.'),
  memory: z
    .array(memoryMapSchema)
    .optional()
    .describe('The memory of each load that kexec -d describes in the log; left out without any.'),
});

/** What a console log shows, as `kexec-lab diagnose --json` prints it. */
export type DiagnosisDocument = z.infer<typeof diagnosisSchema>;

/** What happened in a boot, with its evidence, meaning and cure. */
export type Outcome = { id: OutcomeId } & Pick<
  DiagnosisDocument,
  'generation' | 'stage' | 'evidence' | 'captures' | 'meaning' | 'cure'
>;

/** How sure a diagnosis is, what else it could be, and what would settle it. */
export type Doubt = Pick<DiagnosisDocument, 'certainty' | 'alternatives' | 'settle'>;

/** Another possible outcome, and what suggests it. */
export type Alternative = Doubt['alternatives'][number];
