import { join } from 'node:path';
import * as z from 'zod';
import { arches } from '../arch.ts';
import { ScenarioError } from '../errors.ts';
import type { DiskFormat } from '../formats/disk.ts';
import { ownDirectory } from '../host/directories.ts';
import type { Firmware } from '../host/requirements.ts';
import type { GuestTime } from '../model/vocabulary.ts';
import { YamlDirectory } from '../yaml/yaml-directory.ts';

/** How a machine's disk is attached, and the name that Linux gives the first one. */
export const diskBuses = {
  'virtio-pci': 'vda',
  'virtio-mmio': 'vda',
  nvme: 'nvme0n1',
  usb: 'sda',
} as const;
export type DiskBus = keyof typeof diskBuses;
export const diskBusSchema = z.enum(Object.keys(diskBuses) as [DiskBus, ...DiskBus[]]);

/** What distinguishes one server's hardware from another's: keys of a profile that a scenario may change. */
export const shapeSchema = z.strictObject({
  cpu: z.string().min(1).describe("QEMU's -cpu, such as neoverse-n1."),
  cpus: z.int().min(1).max(64),
  memory: z.int().min(64).max(65536).describe('MiB.'),
  dimm: z
    .int()
    .min(128)
    .max(65536)
    .multipleOf(128)
    .describe(
      'MiB of memory in a DIMM, added to the other memory, with a hole in the addresses between the two. Linux uses it with memhp_default_state=online; some kernels only take whole GiB.',
    ),
  numa: z.int().min(1).max(8).describe('NUMA nodes, with equal shares of memory and CPUs.'),
  gic: z
    .literal([2, 3])
    .describe("Version of the interrupt controller. Default: QEMU's, which is 2."),
  its: z
    .boolean()
    .describe(
      'Whether a GICv3 has an ITS, which delivers the interrupts of PCI devices as LPIs. Default: true.',
    ),
  el2: z
    .boolean()
    .describe(
      'Whether the kernel starts at EL2, as on bare metal, instead of EL1, as in a virtual machine.',
    ),
  smmu: z.boolean().describe('Whether PCI devices are behind an SMMUv3.'),
  acpi: z
    .boolean()
    .describe('Whether UEFI describes the hardware with ACPI tables (default) or a device tree.'),
  disks: diskBusSchema.describe('How the root disk is attached.'),
  firmware: z
    .enum(['none', 'uefi', 'secure-boot'])
    .describe(
      "What starts the kernel: QEMU itself, as a provider's boot loader would, or EDK2. With secure-boot, EDK2 starts only programs with a signature that Microsoft's keys verify, such as Debian's shim.",
    ),
  clock: z
    .enum(['guest', 'host'])
    .describe("guest: instruction-counted time that skips idle time; host: the host's clock."),
});

/** Changes to the shape of a machine. */
export type Shape = Partial<z.infer<typeof shapeSchema>>;

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
  const set = Object.entries(propertyNames) as [keyof typeof propertyNames, string][];
  const twice = set.filter(
    ([key, property]) =>
      machine.split(',').some((word) => word.startsWith(`${property}=`)) &&
      profile[key] !== undefined &&
      profile[key] !== false,
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

/** A machine in one line: its profile and what is different about it, such as `aarch64 gic=3`. */
export function describeMachine({
  machine,
  shape = {},
}: {
  machine: string;
  shape?: Shape;
}): string {
  return [machine, describeShape(shape)].filter(Boolean).join(' ');
}

/** A shape in one line, such as `gic=3 cpus=4`. */
export function describeShape(shape: Shape): string {
  return Object.entries(shape)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(' ');
}

/** The device that the first disk of a machine becomes in Linux, such as `/dev/vda`. */
export function rootDisk({ disks: bus }: Pick<MachineProfile, 'disks'>): string {
  return `/dev/${diskBuses[bus]}`;
}

/** What stands between the name of a disk and the number of a partition: `/dev/vda1`, `/dev/nvme0n1p1`. */
export function partitionMark(disk: string): string {
  return /\d$/.test(disk) ? 'p' : '';
}

/** Disks whose drivers in Linux give up on a request after 30 seconds. */
const impatient: readonly DiskBus[] = ['nvme', 'usb'];

/**
 * How the clock of a machine runs. The guest's clock skips the time in which the guest waits for a disk, up to the next
 * timer; with these drivers that is often the end of their patience, however fast the disk is.
 * @param best the best way that this QEMU has
 */
export function clockOf(
  { clock, disks }: Pick<MachineProfile, 'clock' | 'disks'>,
  best: GuestTime,
): GuestTime {
  if (clock === 'host') return 'host';
  return best === 'sleep=off' && impatient.includes(disks) ? 'sleep=on' : best;
}

/** Everything that determines QEMU's command line other than the QEMU itself. Paths are absolute. */
export type MachineSpec = {
  profile: MachineProfile;
  /** How its clock runs: as the profile requests, as far as this QEMU supports it. A recording has its own clock. */
  time: GuestTime;
  /** Null: the firmware looks for a kernel itself. */
  kernel: string | null;
  initramfs: string | null;
  /** The complete command line of the first kernel. */
  cmdline: string;
  /** In the order of /dev/vda, /dev/vdb, …. Default format: raw. Writes go to a temporary overlay unless `readonly`. */
  disks: MachineDisk[];
  onReset: 'exit' | 'reboot';
  /** Its changes to its variables are discarded. Null: QEMU starts the kernel itself. */
  firmware: Firmware | null;
  /** The provider's network, and the servers of the lab that it reaches. Null: the machine has no network card. */
  network: Network | null;
  /** Null: the machine is neither recorded nor replayed. */
  recording: Recording | null;
};

type MachineDisk = {
  id: string;
  file: string;
  format?: DiskFormat;
  readonly: boolean;
  serial: string;
  /** Whether what the guest writes stays in the file. Default: it is forgotten. */
  kept?: boolean;
  /** Default: `virtio-pci`. */
  bus?: DiskBus;
};

/**
 * A recording of all external input of a machine, or the replay of one (QEMU's `rr`, docs/system/replay.rst). The machine
 * then runs on instruction-counted time, whatever its clock is otherwise.
 */
type Recording = {
  mode: 'record' | 'replay';
  file: string;
  /** The machine's clock at power-on, UTC, such as `2026-11-26T08:15:00`. */
  startedAt: string;
};

/** A closed network: the guest reaches only these servers. */
export type Network = {
  /** For an address on the guest's network, the Unix socket of the server that answers there. */
  forwards: { address: string; port: number; socket: string }[];
  /** Whether the guest's port 22 can be reached from a port of the host's loopback. */
  ssh: boolean;
};
