import * as z from 'zod';
import { arches } from '../arch.ts';
import { writtenComparisonSchema } from '../model/server.ts';
import { outcomeIds, silenceReasons, stages } from '../model/vocabulary.ts';
import { shapeSchema } from '../qemu/shape.ts';
import { storages } from './scenario.ts';
import { stepSchema, tagsSchema } from './step.ts';

const line = z.string().regex(/^[^\n\r\0]*$/, 'must be a single line');
const text = line.min(1, 'must not be empty');
const seconds = z
  .number()
  .positive('must be more than 0 seconds')
  .max(86_400, 'must be at most a day (86400 seconds)');

/** Names of scenarios and labels, which become directory names and words on the command line. */
export const namePattern = /^[a-z0-9]+(-[a-z0-9]+)*$/;

const image = z.union([text, z.strictObject({ file: text }), z.strictObject({ recipe: text })], {
  error: 'expected the name of a recipe, { file: PATH } or { recipe: PATH }',
});

const secondKernel = z.union(
  [
    text,
    z.strictObject({
      kernel: text.describe('As kexec-lab run --kernel takes it.'),
      initramfs: text.optional().describe('A file. Default: one with the modules it needs.'),
      'kexec-tools': text.optional().describe('As kexec-lab run --kexec-tools takes it.'),
    }),
  ],
  {
    error:
      'expected a kernel (debian:SUITE, a .deb, a directory, https://…), or { kernel, initramfs, kexec-tools }',
  },
);

const boot = z.strictObject({
  machine: z
    .union([text, z.strictObject({ file: text })], {
      error: 'expected the name of a machine, or { file: PATH }',
    })
    .describe(
      "Machine profile: one of qemu/ by name, or { file: PATH } of your own. Default: the architecture's own.",
    ),
  shape: shapeSchema
    .partial()
    .describe(
      'What is different about this machine than about its profile, such as { gic: 3, cpus: 4 }.',
    ),
  kernel: image
    .nullable()
    .describe(
      'The first kernel, which QEMU starts; null: the firmware looks for one itself. Default: provider-kernel.',
    ),
  initramfs: image.nullable().describe('Its initramfs; null: none. Default: provider-initramfs.'),
  disk: image
    .nullable()
    .describe('The disk at /dev/vda, raw or qcow2; null: none. Default: mini-disk.'),
  'second-kernel': secondKernel.describe(
    "The kernel under test, which the kexec starts. It replaces the distribution's kernel on the disk.",
  ),
  storage: z
    .enum(storages)
    .describe(
      'How the server reaches its disk: virtio (/dev/vda, the default), or nbd (/dev/nbd0, over the network).',
    ),
  'read-only': z
    .boolean()
    .describe('Nothing in the machine can write to the disk. Default: false.'),
  output: z
    .int()
    .min(1)
    .max(4096)
    .describe(
      'Adds an empty disk of that many MiB for what the guest hands over: /dev/disk/by-id/virtio-output. It stays in the directory of the case, as output.img.',
    ),
  cmdline: line.describe(
    "The first kernel's command line, after what the machine needs. Default: root=/dev/vda.",
  ),
  tags: tagsSchema.describe(
    "Server tags, in the order in which the provider's initramfs receives them.",
  ),
  metadata: z
    .strictObject({
      down: z.boolean().describe('It refuses connections.'),
      busy: z.int().min(1).describe('How many reported states it first answers with 429.'),
    })
    .partial()
    .describe('Faults of the metadata API.'),
  'on-reset': z
    .enum(['exit', 'reboot'])
    .describe('What a reset by the guest does: end the boot (default) or restart the machine.'),
});

const proof = z.union(
  [
    z.enum(['lab', 'system', 'login']),
    z
      .strictObject({
        run: text.describe('A command in the shell on the console.'),
        ssh: text.describe('A command over ssh, as root.'),
        output: text.describe(
          'The first line it must print. Default: the release of the kernel that is meant to run.',
        ),
      })
      .partial()
      .refine(({ run, ssh }) => (run === undefined) !== (ssh === undefined), {
        message: 'a proof by command has exactly one of run, ssh',
      }),
  ],
  { error: 'expected lab, system, login, { run: COMMAND } or { ssh: COMMAND }' },
);

const expect = z.strictObject({
  outcome: z.enum(outcomeIds).describe('Expected outcome.'),
  generation: z
    .int()
    .min(0, 'must be 0 (firmware) or more')
    .optional()
    .describe('How many kernels have started since power-on when the outcome is decided.'),
  stage: z.enum(stages).optional().describe('The stage of the boot in which it happens.'),
  release: text
    .optional()
    .describe('For booted: the kernel that must run: first, second, or an exact release.'),
  proof: proof
    .optional()
    .describe(
      "For booted: its proof. lab (default): the lines that the lab's images print, with release, root and command line. system: the same lines, where the second kernel's command line does not say is_in_kexec=yes. login: a login prompt after a kexec; neither release nor root. { run: COMMAND } in the shell on the console, or { ssh: COMMAND }: what it prints.",
    ),
  root: text
    .regex(/^\/dev\//, 'must be a device, such as /dev/vda1')
    .optional()
    .describe('For booted: the root device that the running system must report.'),
  autopsy: z
    .enum(silenceReasons)
    .optional()
    .describe('For a machine that falls silent: the reason that its memory must show.'),
  dump: text
    .optional()
    .describe(
      'The panic that the dump on the output disk must name, such as sysrq triggered crash.',
    ),
  captures: z
    .record(z.string(), line)
    .optional()
    .describe('Values that the evidence must contain, such as device: /dev/vda.'),
  reported: z
    .array(text)
    .optional()
    .describe('The states that the guest must report to the control plane, in order.'),
});

const steps = z.array(stepSchema).describe('What the lab does to the running machine, in order.');

const limits = z.strictObject({
  total: seconds.describe('From power-on to the outcome. Default: 300.'),
  silence: seconds.describe(
    'Longest silence of a guest that is not proved dead; doubled while samples of its CPUs may still prove something. Default: 60.',
  ),
});

const override = z
  .strictObject({
    boot: boot.partial(),
    steps,
    expect: expect.partial(),
    limits: limits.partial(),
  })
  .partial()
  .optional();

const noRepeats = (values: unknown[]) => new Set(values).size === values.length;

/** A scenario file as it is written. `resolveScenario` turns it into a `Scenario`. */
export const scenarioFileSchema = z
  .strictObject({
    title: text
      .max(100, 'must be at most 100 characters')
      .describe('One line, as kexec-lab list shows it.'),
    story: z.string().min(1, 'must not be empty').describe('Why this happens, in Markdown.'),
    labels: z
      .array(z.string().regex(namePattern, 'a label is made of a-z, 0-9 and single dashes'))
      .refine(noRepeats, 'a label is repeated')
      .optional()
      .describe('Words by which commands select scenarios.'),
    arch: z
      .array(z.enum(arches))
      .min(1, 'name at least one architecture')
      .refine(noRepeats, 'an architecture is repeated')
      .describe('The architectures the scenario runs on.'),
    server: writtenComparisonSchema
      .optional()
      .describe(
        'For a captured server: how it and its machine in the lab compare. It becomes part of the result.',
      ),
    boot: boot.partial().optional().describe('What is booted.'),
    steps: steps.optional(),
    expect: expect.describe('What should happen. Every key must match.'),
    limits: limits
      .partial()
      .optional()
      .describe(
        "Bounds in seconds of guest time, or scaled host time where the clock is the host's.",
      ),
    shapes: z
      .strictObject({
        vary: z
          .array(z.array(shapeSchema.partial()).min(1, 'name at least one shape'))
          .min(1, 'name at least one list of shapes')
          .describe(
            'Lists of alternatives. The scenario is booted in as few shapes as are needed for every possible pair of alternatives of two lists.',
          ),
        exclude: z
          .array(shapeSchema.partial())
          .default([])
          .describe('Combinations to leave out: those that have all values of an entry.'),
      })
      .optional()
      .describe('Boots the scenario in several shapes of its machine, as NAME-01, NAME-02, …'),
    'per-arch': z
      .strictObject({ aarch64: override, arm: override })
      .optional()
      .describe('Differences of one architecture, which override the keys above.'),
  })
  .describe('A kexec-lab scenario: what is booted and what should happen.');

export type ScenarioFile = z.infer<typeof scenarioFileSchema>;

/** The JSON Schema of scenario files, for editors (draft 2020-12). */
export function scenarioJsonSchema(): object {
  return { title: 'kexec-lab scenario', ...z.toJSONSchema(scenarioFileSchema, { io: 'input' }) };
}
