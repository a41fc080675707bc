/** What distinguishes one machine's hardware from another's, and the words for it. */
import * as z from 'zod';

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
export function rootDisk({ disks: bus }: { disks: DiskBus }): string {
  return `/dev/${diskBuses[bus]}`;
}

/** What stands between the name of a disk and the number of a partition: `/dev/vda1`, `/dev/nvme0n1p1`. */
export function partitionMark(disk: string): string {
  return /\d$/.test(disk) ? 'p' : '';
}
