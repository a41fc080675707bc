/** The partitions and file systems of a system's disk, as its recipe has them. */
import * as z from 'zod';

/** Text of one line that a partition table or a file system can store. */
const label = z.string().regex(/^[^\p{Cc}"]{0,72}$/u, 'must be a short text of one line');

const hexDigits = z.string().regex(/^[\da-fA-F-]*$/, 'must be hexadecimal digits');

/** As LVM takes them (lvm(8), VALID NAMES). */
const volumeName = z.string().regex(/^[A-Za-z0-9_+.][\w+.-]{0,100}$/, 'must be a name for LVM');

const mebibytes = z.int().min(1).max(65_536);

/** The content of a partition or a logical volume. */
const filesystem = {
  label: label.default(''),
  uuid: hexDigits.default(''),
  /** Where the system mounts it; empty: nowhere. */
  mount: z.union([z.literal(''), z.string().startsWith('/')]).default(''),
  /** The btrfs subvolume that is mounted, such as `@rootfs`; empty: the top level. */
  subvolume: z
    .string()
    .regex(/^[\w@.+/-]*$/)
    .default(''),
};

const filesystems = ['ext4', 'xfs', 'btrfs', 'vfat', 'swap', 'none'] as const;

/** A partition that is made to fit, such as those of a captured server. */
const partition = z.strictObject({
  size: mebibytes,
  /** As sfdisk takes it: a GUID, a number, or a short name such as `linux` and `uefi`. */
  type: z.string().regex(/^[\w-]+$/),
  /** The partition's name and UUID in a GPT; empty: none, and any. */
  name: label.default(''),
  partUuid: hexDigits.default(''),
  filesystem: z.enum([...filesystems, 'lvm']),
  /** The volume group that a partition of LVM belongs to. */
  group: z.union([z.literal(''), volumeName]).default(''),
  ...filesystem,
});

/** A logical volume. */
const volume = z.strictObject({
  group: volumeName,
  name: volumeName,
  size: mebibytes,
  filesystem: z.enum(filesystems),
  ...filesystem,
});

/** The schema of a disk's layout: its partitions in order, and the logical volumes on them. */
export const diskLayoutSchema = z.strictObject({
  table: z.enum(['gpt', 'dos']),
  list: z.array(partition).min(1).max(128),
  volumes: z.array(volume).max(128).default([]),
});

export type DiskLayout = z.infer<typeof diskLayoutSchema>;
export type PartitionRecipe = z.infer<typeof partition>;
export type VolumeRecipe = z.infer<typeof volume>;

/** What only a running kernel can make: an ordinary user of the host cannot mount these. */
const needsKernel: ReadonlySet<string> = new Set(['xfs', 'btrfs', 'lvm']);

/** Whether a disk is made in a virtual machine: for its file systems, or for commands that run in its system. */
export function isMadeInGuest({
  partitions,
  commands = [],
}: {
  partitions?: DiskLayout | undefined;
  commands?: readonly string[] | undefined;
}): boolean {
  const all = [...(partitions?.list ?? []), ...(partitions?.volumes ?? [])];
  return commands.length > 0 || all.some(({ filesystem }) => needsKernel.has(filesystem));
}
