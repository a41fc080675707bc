import * as z from 'zod';
import { archSchema, count, memoryMapSchema } from './boot.ts';
import { candidateLabelSchema, idleSkippingSchema } from './run.ts';
import { requirementPurposes, severities, silenceReasons } from './vocabulary.ts';

// What commands print that examine something without booting it: a candidate, the host, a memory dump.

const findingSchema = z.strictObject({
  id: z.string().describe('A stable identifier, for scripts.'),
  severity: z
    .enum(severities)
    .describe(
      'stop: it cannot work. warn: it may not work without preparation. note: it could not be checked.',
    ),
  message: z.string().describe('What was found, one sentence.'),
  advice: z.string().describe('What to do about it.'),
  source: z.string().describe('Where it was found: a file, a configuration line.'),
});

/** A problem that preflight found in a candidate. */
export type Finding = z.infer<typeof findingSchema>;

export const preflightSchema = z.strictObject({
  schema: z.literal('kexec-lab/preflight@1'),
  candidate: candidateLabelSchema,
  stops: z.boolean().describe('Whether any finding has the severity stop.'),
  found: z.array(
    z.strictObject({
      arch: archSchema,
      findings: z.array(findingSchema),
      rules: z
        .array(
          z.strictObject({
            name: z.string(),
            notChecked: z
              .string()
              .nullable()
              .describe('Why the rule could not be applied; null if it was.'),
          }),
        )
        .describe('The rules for this kind of kernel, and whether each was applied.'),
      memory: memoryMapSchema
        .nullable()
        .describe(
          'How kexec -l places a zImage, and what it overwrites; null for other kernels, and if the zImage does not declare its size.',
        ),
    }),
  ),
});

/** What `kexec-lab preflight --json` prints. */
export type PreflightDocument = z.infer<typeof preflightSchema>;

const qemuSchema = z.strictObject({
  binary: z.string().describe('Its absolute path.'),
  version: z.string().describe('Such as 7.2.22.'),
  accelerator: z.literal('tcg').describe('Machines are always emulated.'),
  options: z
    .array(z.string())
    .describe('Arguments that this installation needs before all others.'),
});

/** A QEMU that can be started. */
export type Qemu = z.infer<typeof qemuSchema>;

const unusableQemuSchema = z.strictObject({
  binary: z.string(),
  problem: z.string().describe('Why it cannot be used.'),
});

/** A program with QEMU's name that cannot be used. */
export type UnusableQemu = z.infer<typeof unusableQemuSchema>;

const examinedQemusSchema = z.array(
  z.union([
    qemuSchema.extend({
      idleSkipping: idleSkippingSchema.optional().describe('Only of the QEMU that is used.'),
    }),
    unusableQemuSchema,
  ]),
);

const requirementSchema = z.strictObject({
  name: z.string().describe('The name of a command, or the absolute path of a file.'),
  package: z.string().describe('The package of Debian and Ubuntu that contains it.'),
  purpose: z.enum(requirementPurposes).describe('boot: to boot machines. images: to build images.'),
  why: z.string().describe('What it is used for.'),
  path: z.string().nullable().describe('Where it was found; null if it is missing.'),
  version: z.string().nullable().describe('Null if it is unknown.'),
});

export const doctorSchema = z.strictObject({
  schema: z.literal('kexec-lab/doctor@1'),
  able: z.boolean().describe('Whether the lab can run here.'),
  kexecLab: z.string(),
  node: z.string().describe('Such as v20.19.0.'),
  config: z
    .string()
    .nullable()
    .describe('The absolute path of the configuration file in use; null if there is none.'),
  requirements: z.array(requirementSchema),
  qemus: z
    .strictObject({ aarch64: examinedQemusSchema, arm: examinedQemusSchema })
    .describe('Every QEMU, newest first. The first is used unless it has a problem.'),
  cache: z.strictObject({
    directory: z.string(),
    usedBytes: count,
    freeBytes: count.describe('Free space of its file system, for this user.'),
  }),
  install: z
    .string()
    .nullable()
    .describe('The shell command that installs what is missing; null if nothing is.'),
});

/** What `kexec-lab doctor --json` prints. */
export type DoctorDocument = z.infer<typeof doctorSchema>;

const address = count.describe('A physical address.');

const kernelRecordSchema = z.strictObject({
  seconds: z
    .number()
    .nullable()
    .describe("Time on the kernel's own clock; null if the times were not found."),
  level: z
    .int()
    .min(0)
    .max(7)
    .nullable()
    .describe('0 (emergency) to 7 (debug); null if the levels were not found.'),
  text: z.string(),
});

/** A record of a kernel's log. */
export type KernelRecord = z.infer<typeof kernelRecordSchema>;

const kernelLogSchema = z.strictObject({
  foundBy: z
    .enum(['vmcoreinfo', 'first-words'])
    .describe(
      "vmcoreinfo: through the kernel's description of itself. first-words: by the first words that every kernel prints.",
    ),
  address,
  release: z
    .string()
    .nullable()
    .describe("The kernel's release, as uname -r prints it; null if the log does not contain it."),
  cmdline: z
    .string()
    .nullable()
    .describe("The kernel's command line; null if the log does not contain it."),
  records: z.array(kernelRecordSchema),
});

/** A log found in memory. */
export type KernelLog = z.infer<typeof kernelLogSchema>;

const deviceTreeSchema = z.strictObject({
  address,
  bootargs: z.string().nullable().describe('The kernel command line in it; null if it has none.'),
  memory: z.number().min(0).describe('Bytes of RAM that it describes; 0 if it describes none.'),
});

/** A flattened device tree found in memory. */
export type DeviceTree = z.infer<typeof deviceTreeSchema>;

const kernelImageSchema = z.strictObject({
  address,
  size: count.describe('The size in its header, including memory that is zero at first. Bytes.'),
  filled: count.describe('The offset just after the last nonzero byte. Bytes.'),
  pageSize: count
    .nullable()
    .describe('The page size that its header names; null if it names none. Bytes.'),
});

/** An arm64 kernel image at the place where a kexec put it. */
export type KernelImage = z.infer<typeof kernelImageSchema>;

const brokenReservationsSchema = z.strictObject({ list: address, entry: address });
export type BrokenReservations = z.infer<typeof brokenReservationsSchema>;

const memoryFindings = {
  logs: z
    .array(kernelLogSchema)
    .describe("Every kernel's log once, in the order of their addresses."),
  deviceTrees: z.array(deviceTreeSchema),
  images: z.array(kernelImageSchema).describe('The arm64 kernel images.'),
  purgatories: z
    .array(address)
    .describe('Where the purgatory of kexec-tools keeps its message for a digest mismatch.'),
  brokenReservations: z
    .array(brokenReservationsSchema)
    .describe(
      'Lists of memory that UEFI keeps reserved across a kexec (`MEMRESERVE=` in the log of a kernel), and their first entry that something has overwritten.',
    ),
  parked: z
    .array(address)
    .describe('Where a CPU waits forever, in an arm64 loop of wfe and wfi. Needs the CPUs.'),
  unreadable: z
    .array(z.string())
    .describe(
      'Short phrases about structures that cannot be read, and about those skipped because there are too many.',
    ),
};

export const autopsySchema = z.strictObject({
  schema: z.literal('kexec-lab/autopsy@1'),
  dump: z.string().describe('The file that was read.'),
  missingBytes: count.describe('Bytes of memory that are missing from the dump.'),
  reason: z
    .enum(silenceReasons)
    .nullable()
    .describe('Why the machine is silent; null if its memory does not show it.'),
  sentence: z.string().describe('The reason with its evidence. Empty without a reason.'),
  ...memoryFindings,
});

/** What `kexec-lab autopsy --json` prints. */
export type AutopsyDocument = z.infer<typeof autopsySchema>;

/** What a guest's memory contains about its boot. */
export type Findings = Pick<AutopsyDocument, keyof typeof memoryFindings>;
