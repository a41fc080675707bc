/** Machine profiles: the files of qemu/, and what they may not combine. */
import { join } from 'node:path';
import * as z from 'zod';
import { arches } from '../arch.ts';
import { ScenarioError } from '../errors.ts';
import { ownDirectory } from '../host/directories.ts';
import { YamlDirectory } from '../yaml/yaml-directory.ts';
import type { Shape } from './shape.ts';
import { describeMachine, shapeSchema } from './shape.ts';

const { cpu, cpus, memory, numa, el2, smmu, disks, firmware, clock, ...optional } =
  shapeSchema.shape;

const profileKeys = z.strictObject({
  arch: z.enum(arches),
  machine: z
    .string()
    .min(1)
    .describe("QEMU's -machine, with properties that no key sets, such as virt,highmem=off."),
  ...{ cpu, cpus, memory, clock },
  numa: numa.default(1),
  el2: el2.default(false),
  smmu: smmu.default(false),
  disks: disks.default('virtio-pci'),
  firmware: firmware.default('none'),
  ...z.object(optional).partial().shape,
  console: z.string().min(1).describe("The guest's serial device, such as ttyAMA0."),
  network: z
    .boolean()
    .default(false)
    .describe("Whether the machine has a network card, on the provider's closed network."),
  devices: z
    .array(z.string().min(1))
    .default([])
    .describe("Other devices: values of QEMU's -device."),
  cmdline: z
    .string()
    .describe("The beginning of the first kernel's command line, which every scenario shares."),
});

/** The schema of a machine profile, a file of qemu/. */
export const machineProfileSchema = profileKeys
  .superRefine((profile, context) => {
    for (const { key, message } of contradictions(profile)) {
      context.addIssue({ code: 'custom', path: [key], message });
    }
  })
  .describe('A machine profile of kexec-lab: the virtual machine that a scenario boots.');

type Contradiction = { key: keyof z.infer<typeof profileKeys>; message: string };

/** QEMU's `-machine` properties, by the key of a profile that sets them. */
export const propertyNames = {
  gic: 'gic-version',
  its: 'its',
  el2: 'virtualization',
  smmu: 'iommu',
  acpi: 'acpi',
} as const;

/** Keys of a profile that contradict each other, and why. */
export function contradictions(profile: z.infer<typeof profileKeys>): Contradiction[] {
  const { arch, machine, gic, its, el2, smmu, acpi, firmware, cpus, memory, numa, dimm } = profile;
  const words = machine.split(',');
  const set = Object.entries(propertyNames) as [keyof typeof propertyNames, string][];
  const twice = set.filter(
    ([key, property]) =>
      profile[key] !== undefined &&
      profile[key] !== false &&
      words.some((word) => word.startsWith(`${property}=`)),
  );
  const all: (Contradiction | false)[] = [
    ...twice.map(([key, property]) => ({
      key,
      message: `machine sets ${property} already; remove one of the two`,
    })),
    its !== undefined &&
      gic !== 3 && { key: 'its', message: 'only a GICv3 has an ITS: add gic: 3' },
    its === false &&
      firmware !== 'none' &&
      acpi !== false && {
        key: 'its',
        message: "QEMU's ACPI tables name an ITS even where there is none: add acpi: false",
      },
    el2 && arch === 'arm' && { key: 'el2', message: 'is for aarch64 only' },
    smmu && arch === 'arm' && { key: 'smmu', message: 'is for aarch64 only' },
    acpi !== undefined &&
      firmware === 'none' && {
        key: 'acpi',
        message: 'only UEFI hands over ACPI tables: add firmware: uefi',
      },
    firmware === 'secure-boot' &&
      arch === 'arm' && {
        key: 'firmware',
        message: 'secure-boot is for aarch64 only: nothing for armhf has a signature',
      },
    dimm !== undefined &&
      (arch === 'arm' || firmware === 'none' || acpi === false) && {
        key: 'dimm',
        message: 'is for aarch64 with ACPI only: add firmware: uefi',
      },
    acpi === true &&
      arch === 'arm' && { key: 'acpi', message: "Debian's kernels for arm do not use ACPI" },
    cpus < numa && { key: 'numa', message: `${numa} nodes need as many CPUs` },
    memory % numa !== 0 && { key: 'numa', message: `${memory} MiB cannot be divided by ${numa}` },
    gic !== 3 && cpus > 8 && { key: 'cpus', message: 'a GICv2 serves at most 8 CPUs: add gic: 3' },
  ];
  return all.filter((one) => one !== false);
}

/** QEMU's `-machine` of a profile. */
export function machineOption({ machine, gic, its, el2, smmu, acpi }: MachineProfile): string {
  const onOff = (on: boolean) => (on ? 'on' : 'off');
  return [
    machine,
    ...(gic === undefined ? [] : [`${propertyNames.gic}=${gic}`]),
    ...(its === undefined ? [] : [`${propertyNames.its}=${onOff(its)}`]),
    ...(el2 ? [`${propertyNames.el2}=on`] : []),
    ...(smmu ? [`${propertyNames.smmu}=smmuv3`] : []),
    ...(acpi === undefined ? [] : [`${propertyNames.acpi}=${onOff(acpi)}`]),
  ].join(',');
}

/** A validated machine profile. */
export type MachineProfile = z.infer<typeof machineProfileSchema> & { name: string };

/** The machines of this installation, by name. */
export const ownMachines = new YamlDirectory(join(ownDirectory, 'qemu'), machineProfileSchema);

/**
 * The machine of that name, in the shape that is asked for.
 * @throws ScenarioError for an unknown name, a file that is not a valid profile, and a shape that contradicts the profile
 */
export function loadMachineProfile(
  name: string,
  shape: Shape = {},
  machines = ownMachines,
): MachineProfile {
  const profile = machines.get(name);
  if (profile === undefined) {
    throw new ScenarioError(`unknown machine "${name}"`, {
      hint: `Known machines: ${[...machines.keys()].join(', ')}.`,
    });
  }
  const changes = Object.entries(shape);
  if (changes.length === 0) return { name, ...profile };
  const changed = machineProfileSchema.safeParse({ ...profile, ...shape });
  if (changed.success) return { name: describeMachine({ machine: name, shape }), ...changed.data };
  const [issue] = changed.error.issues;
  throw new ScenarioError(
    `machine "${name}" cannot have this shape: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
  );
}
