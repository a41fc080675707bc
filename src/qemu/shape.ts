/** What distinguishes one machine's hardware from another's, and the words for it. */
import * as z from 'zod';
import type { Arch } from '../arch.ts';

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

/**
 * The models that support pages of 4, 16 and 64 KiB, and those without 16 KiB: TGran4, TGran16 and TGran64 of their
 * ID_AA64MMFR0_EL1, as a guest read them under QEMU 7.2.22 and 10.0.2. cortex-a78ae is newer; its fields are from QEMU's
 * target/arm/tcg/cpu64.c.
 */
const withAllPages: ReadonlySet<string> = new Set([
  ...['cortex-a35', 'cortex-a55', 'cortex-a76', 'cortex-a78ae', 'cortex-a710'],
  ...['neoverse-n1', 'neoverse-n2', 'neoverse-v1', 'max'],
]);
const without16K: ReadonlySet<string> = new Set([
  'a64fx',
  'cortex-a53',
  'cortex-a57',
  'cortex-a72',
]);

/** The model of a `-cpu` option, without its properties: `max` of `max,sve=off`. */
export function modelOf(cpu: string): string {
  return cpu.split(',', 1)[0] ?? '';
}

/** The sizes of pages that a CPU supports, in bytes; null if they are unknown. @param cpu the value of `-cpu` */
export function pageSizesOf(cpu: string): readonly number[] | null {
  const model = modelOf(cpu);
  if (withAllPages.has(model)) return [4096, 16384, 65536];
  return without16K.has(model) ? [4096, 65536] : null;
}

/** The models that `virt` machines of any QEMU can have, and this architecture's kernels run on. */
export function modelsFor(arch: Arch): string[] {
  return arch === 'arm' ? ['cortex-a7', 'cortex-a15', 'max'] : [...without16K, ...withAllPages];
}

/**
 * The first QEMU with a model, for those that the oldest QEMU of the lab does not have. From the history of hw/arm/virt.c: the
 * pull requests of 2022-12-15 (after 7.2.0), 2023-07-06 (before 8.1.0), 2023-09 and 2023-10-27 (after 8.1.0).
 */
const sinceVersion: ReadonlyMap<string, string> = new Map([
  ['cortex-a55', '8.0'],
  ['neoverse-v1', '8.1'],
  ['cortex-a710', '8.2'],
  ['neoverse-n2', '8.2'],
]);

/** The first QEMU with this model; null if it is not known to be newer than the oldest QEMU of the lab. */
export function modelSince(model: string): string | null {
  return sinceVersion.get(model) ?? null;
}

/** Options of `virt` that came with QEMU 8.0 (the pull request of 2022-12-15). */
const newProperties = ['compact-highmem', 'highmem-redists', 'highmem-ecam', 'highmem-mmio'];

/** The first QEMU with this option of `virt`; null if it is not known to be newer than the oldest QEMU of the lab. */
export function propertySince(property: string): string | null {
  return newProperties.includes(property) ? '8.0' : null;
}
