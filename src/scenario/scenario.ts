import * as z from 'zod';
import type { Arch } from '../arch.ts';
import { archSchema, scenarioName } from '../model/boot.ts';
import { expectationSchema, variantSchema } from '../model/result.ts';
import { serverComparisonSchema } from '../model/server.ts';
import { shapeSchema } from '../qemu/shape.ts';
import { plannedStepSchema } from './step.ts';

// A scenario as the lab uses it: validated, with defaults filled in. `kexec-lab list --json` prints it.

const words = z.record(z.string(), z.string());

const imageReferenceSchema = z
  .union([z.string(), z.strictObject({ file: z.string() })])
  .describe("A recipe (of images/ by name, the user's by absolute path), or a file of the user's.");

/** A recipe (of images/ by name, the user's by absolute path), or a finished file of the user's. */
export type ImageReference = z.infer<typeof imageReferenceSchema>;

export const storages = ['virtio', 'nbd'] as const;

const secondKernelSchema = z.strictObject({
  kernel: z.string(),
  initrd: z.string().optional(),
  kexecTools: z.string().optional(),
});

/** The kernel under test as `--kernel`, `--initrd` and `--kexec-tools` take it; paths are absolute. */
export type SecondKernel = z.infer<typeof secondKernelSchema>;

const setupSchema = z.strictObject({
  machine: z
    .string()
    .describe(
      "Name of a machine profile in qemu/, or absolute path of the user's. Default: the architecture's own (aarch64, arm).",
    ),
  shape: shapeSchema
    .partial()
    .optional()
    .describe('What is different about this machine than about its profile.'),
  kernel: imageReferenceSchema
    .nullable()
    .describe(
      'The first kernel, which QEMU starts. Default recipe: provider-kernel; null: the firmware looks for one.',
    ),
  initramfs: imageReferenceSchema
    .nullable()
    .describe(
      'Its initramfs. Default recipe: provider-initramfs (with kexec); provider-initramfs-bare has neither kexec nor nbd tools; null: none, which is the default where the kernel is null.',
    ),
  disk: imageReferenceSchema
    .nullable()
    .describe('The disk behind /dev/vda. Default recipe: mini-disk; null: no disk.'),
  secondKernel: secondKernelSchema
    .optional()
    .describe(
      "The kernel under test, which the kexec starts. It replaces the kernel of the disk's recipe.",
    ),
  firstKernel: z
    .string()
    .optional()
    .describe(
      "A kernel that replaces the first kernel's recipe, as `--first-kernel` takes it. Left out: the recipe's own.",
    ),
  storage: z
    .enum(storages)
    .describe(
      'How the server reaches its disk: as /dev/vda, or over the network as /dev/nbd0. Default: virtio.',
    ),
  readOnly: z.boolean().describe('Whether the disk refuses all writes. Default: false.'),
  output: z
    .int()
    .optional()
    .describe(
      'MiB of an empty disk for what the guest hands over; it is kept with the records. Left out: none.',
    ),
  cmdline: z
    .string()
    .describe(
      "The first kernel's command line, after what the machine profile needs (console=…). Default: root=/dev/vda; empty if the firmware looks for the kernel.",
    ),
  tags: words.describe("Server tags, handed to the provider's initramfs in order."),
  metadata: z
    .strictObject({ down: z.boolean().optional(), busy: z.int().optional() })
    .describe(
      'Faults of the metadata API: it refuses connections, or answers the first `busy` states with 429. Default: none.',
    ),
  onReset: z
    .enum(['exit', 'reboot'])
    .describe('What a guest reset does: end the run (default) or restart the machine.'),
});

/** What a scenario boots on one architecture, with `per-arch` applied. */
export type Setup = z.infer<typeof setupSchema>;

const commandProofSchema = z.strictObject({
  by: z.enum(['run', 'ssh']),
  command: z.string(),
  output: z
    .string()
    .nullable()
    .describe(
      'The first line it must print. Null: the release of the kernel that is meant to run.',
    ),
});

/** A command whose output proves what runs: typed in the shell on the console (`run`), or over ssh. */
export type CommandProof = z.infer<typeof commandProofSchema>;

const proofSchema = z
  .union([z.enum(['lab', 'system', 'login']), commandProofSchema])
  .describe('What shows that booted is true. Default: lab.');

/**
 * What shows that `booted` is true: the lines that the lab's own images print (`lab`: release, root device and command
 * line), the same lines where no word of the command line marks the second kernel (`system`), a login prompt after a kexec
 * that was seen (`login`: neither release nor root), or a command's output.
 */
export type Proof = z.infer<typeof proofSchema>;

const limitsSchema = z.strictObject({
  total: z.number().describe('Power-on to outcome.'),
  silence: z
    .number()
    .describe(
      'Longest silence of a guest that is not proved dead; then the case ends with the most likely outcome.',
    ),
});

/** Limits of a case, in seconds of guest time if the machine's clock is the guest's, otherwise in scaled host seconds. */
export type Limits = z.infer<typeof limitsSchema>;

const planSchema = z.strictObject({
  setup: setupSchema,
  steps: z.array(plannedStepSchema),
  expect: expectationSchema,
  proof: proofSchema.optional(),
  limits: limitsSchema,
  lines: z
    .record(z.string(), z.int())
    .optional()
    .describe('The line in the file of each part of expect: by key, captures as captures.NAME.'),
});

/** What is done on one architecture, and the expected result. */
export type Plan = z.infer<typeof planSchema>;

const scenarioSchema = z.strictObject({
  name: scenarioName,
  title: z.string(),
  story: z.string().describe('Why it happens, in Markdown.'),
  file: z.string().describe('The YAML file it came from.'),
  labels: z.array(z.string()),
  arches: z.array(archSchema),
  variant: variantSchema.optional().describe('Where it boots on another machine than its own.'),
  server: serverComparisonSchema
    .optional()
    .describe('For a captured server: how it and its machine in the lab compare.'),
  perArch: z
    .strictObject({ aarch64: planSchema, arm: planSchema })
    .partial()
    .describe('The setup and expectation of each architecture in arches.'),
});

/** One scenario file, validated, with defaults filled in. */
export type Scenario = z.infer<typeof scenarioSchema>;

/** What `kexec-lab list --json` prints. */
export const listSchema = z.array(scenarioSchema).min(1);

/** A scenario on one architecture, in one repeat (1-based). */
export type Case = Plan & {
  id: string;
  scenario: Scenario;
  arch: Arch;
  repeat: number;
};
