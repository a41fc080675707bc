/** The disk that is made to fit a captured server. */
import { basename } from 'node:path';
import { UsageError } from '../errors.ts';
import type { Likeness } from '../model/server.ts';
import type { BlockDevice } from './parse.ts';
import { parseVolumeName } from './parse.ts';
import type { RootArchive } from './root-archive.ts';
import type { Server } from './server.ts';

/**
 * Adds a line to the comparison between the server and its machine in the lab.
 * @param matters whether, because of it, a kernel may come up here and not there, or the reverse. Default: every difference
 */
export type Note = (how: Likeness['how'], what: string, detail: string, matters?: boolean) => void;

/** What the disks of the lab can have on a partition or a volume. */
const filesystems = ['ext4', 'xfs', 'btrfs', 'vfat', 'swap'] as const;
type Filesystem = (typeof filesystems)[number];

/** File systems for a root. */
export const rootFilesystems: readonly string[] = ['ext4', 'xfs', 'btrfs'];

type PlannedContent<F> = {
  /** MiB. */
  size: number;
  filesystem: F;
  label: string;
  uuid: string;
  /** Where it is mounted in the system; empty: nowhere. */
  mount: string;
  /** Of btrfs; empty: none. */
  subvolume: string;
};

/** A partition of the disk that is made to fit. */
export type PlannedPartition = PlannedContent<Filesystem | 'lvm' | 'none'> & {
  /** The type as sfdisk takes it: a GUID or a number, or a short name. */
  type: string;
  /** PARTLABEL and PARTUUID; empty: any. */
  name: string;
  partUuid: string;
  /** The volume group of a partition of LVM; otherwise empty. */
  group: string;
};

/** A logical volume of that disk. */
export type PlannedVolume = PlannedContent<Filesystem | 'none'> & { group: string; name: string };

export type PlannedDisk = {
  table: 'gpt' | 'dos';
  list: PlannedPartition[];
  volumes: PlannedVolume[];
};

/** Room for a system of the lab besides what was captured. MiB. */
const systemSize = 1536;

/** The smallest file systems that their programs make. MiB. */
const leastSizes: Partial<Record<Filesystem, number>> = { xfs: 320, btrfs: 128 };

/** LVM's own data on each partition, and extents of 4 MiB. MiB. */
const lvmSize = 16;

/** Other file systems have their places in the system: files below them were captured. */
const kept = ['/boot', '/boot/efi', '/boot/firmware', '/efi'];

/**
 * The disk of the server, with other sizes. The file systems that the boot does not need stay empty.
 * @throws UsageError if the lab cannot make it
 */
export function planDisk(
  server: Server,
  note: Note,
  place: string,
  archive: RootArchive | null = null,
): PlannedDisk {
  const { disk, root, fstab } = server;
  refuseGaps(disk.partitions, place);
  const volumes = disk.volumes.flatMap((volume) => {
    const named = parseVolumeName(volume.path);
    return named === null ? [] : [{ ...named, ...planContent(volume, server, archive) }];
  });
  const list = disk.partitions.map((partition) =>
    partition.filesystem === 'LVM2_member'
      ? planMember(partition, server, volumes)
      : { ...planContent(partition, server, archive), ...ownOf(partition), group: '' },
  );
  noteDisk(server, note, archive);
  const made = [...disk.partitions, ...disk.volumes];
  const left = fstab.filter(
    ({ place, source }) => place.startsWith('/') && !isMade(source, place, made),
  );
  if (left.length > 0) note('not here', 'mounts', left.map(({ place }) => place).join(', '));
  if (root.type === 'lvm' && !volumes.some(({ mount }) => mount === '/'))
    throw new UsageError(
      'the lab cannot boot this server yet: its root is on a logical volume that is not on partitions of one disk',
      { place },
    );
  return { table: tableOf(server), list, volumes };
}

function refuseGaps(partitions: readonly BlockDevice[], place: string): void {
  const numbers = partitions.map(({ name }) => Number(/\d+$/.exec(name)?.[0]));
  if (numbers.some((number, index) => number !== index + 1))
    throw new UsageError(
      `the lab cannot boot this server yet: its partitions are numbered ${numbers.join(', ')}, and only numbers without gaps can be made`,
      { place },
    );
}

function noteDisk(
  { disk, root, rootSubvolume }: Server,
  note: Note,
  archive: RootArchive | null,
): void {
  const { partitions, volumes } = disk;
  const where =
    root.type === 'lvm'
      ? `the logical volume ${root.path.replace('/dev/mapper/', '')}`
      : `the ${ordinal(partitions.findIndex(({ name }) => name === root.name) + 1)}`;
  const parts = `${partitions.length}, with their UUIDs and labels`;
  note('as there', 'partitions', `${parts}; the root is ${where}`);
  if (volumes.length > 0)
    note('as there', 'LVM', volumes.map(({ path }) => path.replace('/dev/mapper/', '')).join(', '));
  const kind = `${root.filesystem} with the UUID and label of the server${rootSubvolume === '' ? '' : `, subvolume ${rootSubvolume}`}`;
  if (archive === null)
    // The kernel and what decides its boot are the captured ones.
    note(
      'alike',
      'root file system',
      `${kind}; a Debian of the lab, with the captured files`,
      false,
    );
  else note('as there', 'root file system', `${kind}; the files of ${basename(archive.file)}`);
}

/** Whether the disk that is made has the source of a line of fstab. */
export function isMade(source: string, place: string, made: readonly BlockDevice[]): boolean {
  if (place === '/') return true;
  const [, key = '', value = ''] = /^(\w+)=(.*)$/.exec(source) ?? [];
  const plain = value.replaceAll('"', '');
  return made.some(({ path, uuid, label, partUuid, partLabel, mount, filesystem }) => {
    const isUsed = mount === place ? kept.includes(place) : filesystem === 'swap';
    if (!isUsed) return false;
    const volume = parseVolumeName(path);
    return (
      source === path ||
      (volume !== null && source === `/dev/${volume.group}/${volume.name}`) ||
      (key === 'UUID' && plain === uuid) ||
      (key === 'LABEL' && plain === label) ||
      (key === 'PARTUUID' && plain === partUuid) ||
      (key === 'PARTLABEL' && plain === partLabel)
    );
  });
}

/** What is made of a file system of the server. */
function planContent(
  { name, filesystem, label, uuid, size, mount }: BlockDevice,
  { root, rootSubvolume, captured }: Server,
  archive: RootArchive | null,
): PlannedContent<Filesystem | 'none'> {
  const own = Math.max(1, Math.ceil(size / 2 ** 20));
  const isRoot = name === root.name;
  const isCaptured = kept.includes(mount);
  const known = filesystems.find((one) => one === filesystem);
  const all = Math.ceil(captured.files().reduce((sum, file) => sum + file.size, 0) / 2 ** 20);
  const made = isRoot || isCaptured || known === 'swap' ? known : undefined;
  const least = (made && leastSizes[made]) ?? 1;
  const wanted = isRoot
    ? (archive?.size ?? systemSize) + 2 * all
    : Math.min(own, isCaptured ? 64 + 2 * all : 64);
  return {
    size: Math.max(wanted, least),
    filesystem: made ?? 'none',
    label,
    uuid,
    mount: isRoot ? '/' : isCaptured ? mount : '',
    subvolume: isRoot ? rootSubvolume : '',
  };
}

/** A partition of LVM. The first of a volume group has room for all of its volumes. */
function planMember(
  partition: BlockDevice,
  { disk, captured }: Server,
  volumes: readonly PlannedVolume[],
): PlannedPartition {
  const groupOn = (member: BlockDevice) =>
    groupOf(member, disk.volumes, captured.text('pvs') ?? '');
  const group = groupOn(partition);
  const isFirst = disk.partitions.find((other) => groupOn(other) === group) === partition;
  const ofGroup = isFirst ? volumes.filter((volume) => volume.group === group) : [];
  return {
    size: ofGroup.reduce((sum, { size }) => sum + size + 4, lvmSize),
    ...ownOf(partition),
    // If no volume and no output of pvs names the group, the partition stays empty.
    filesystem: group === '' ? 'none' : 'lvm',
    group,
    ...{ label: '', uuid: '', mount: '', subvolume: '' },
  };
}

/** The volume group of a partition: `pvs` prints it where root runs it; otherwise a volume on the partition tells. */
function groupOf({ name }: BlockDevice, volumes: readonly BlockDevice[], pvs: string): string {
  const line = pvs.split('\n').find((each) => each.trim().startsWith(`/dev/${name} `));
  const [, printed] = line?.trim().split(/\s+/) ?? [];
  const volume = volumes.find(({ parent }) => parent === name);
  return parseVolumeName(volume?.path ?? '')?.group ?? (line === undefined ? '' : (printed ?? ''));
}

function ownOf({ partType, partLabel, partUuid, filesystem }: BlockDevice) {
  const type = partType || (filesystem === 'vfat' ? 'uefi' : 'linux');
  return { type, name: partLabel, partUuid };
}

function tableOf({ disk: { device, partitions }, captured }: Server): 'gpt' | 'dos' {
  const dump = captured.text(`sfdisk ${device.name}`) ?? '';
  if (/^label: dos/m.test(dump)) return 'dos';
  return partitions.some(({ partType }) => /^0x/.test(partType)) ? 'dos' : 'gpt';
}

function ordinal(number: number): string {
  return ['first', 'second', 'third', 'fourth'][number - 1] ?? `${number}th`;
}
