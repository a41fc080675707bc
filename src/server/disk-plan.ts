/** The disk that is made to fit a captured server. */
import { UsageError } from '../errors.ts';
import type { Likeness } from '../model/server.ts';
import type { BlockDevice } from './parse.ts';
import type { Server } from './server.ts';

/** Adds a line to the comparison between the server and its machine in the lab. */
export type Note = (how: Likeness['how'], what: string, detail: string) => void;

/** A partition of the disk that is made to fit. */
export type PlannedPartition = {
  /** MiB. */
  size: number;
  /** The type as sfdisk takes it: a GUID or a number, or a short name. */
  type: string;
  /** PARTLABEL and PARTUUID; empty: any. */
  name: string;
  partUuid: string;
  filesystem: 'ext4' | 'vfat' | 'swap' | 'none';
  label: string;
  uuid: string;
  /** Where it is mounted in the system; empty: nowhere. */
  mount: string;
};

/** Room for a system of the lab besides what was captured. MiB. */
const systemSize = 1536;

/** The partitions of the server, with other sizes. The file systems that the boot does not need stay empty. */
export function partitionsOf(
  { disk, root, fstab, captured }: Server,
  note: Note,
  place: string,
): { partitions: PlannedPartition[]; rootNumber: number } {
  const content = Math.ceil(captured.files().reduce((sum, { size }) => sum + size, 0) / 2 ** 20);
  const partitions = disk.partitions.map((partition) => planPartition(partition, root, content));
  const rootIndex = disk.partitions.findIndex(({ name }) => name === root.name);
  const numbers = disk.partitions.map(({ name }) => Number(/\d+$/.exec(name)?.[0]));
  if (numbers.some((number, index) => number !== index + 1))
    throw new UsageError(
      `the lab cannot boot this server yet: its partitions are numbered ${numbers.join(', ')}, and only numbers without gaps can be made`,
      { place },
    );
  note(
    'as there',
    'partitions',
    `${disk.partitions.length}, with their UUIDs and labels; the root is the ${ordinal(rootIndex + 1)}`,
  );
  note(
    'alike',
    'root file system',
    `ext4 with the UUID and label of the server; a Debian of the lab, with the captured files`,
  );
  const left = fstab.filter(
    ({ place, source }) => place.startsWith('/') && !isMade(source, place, disk.partitions),
  );
  if (left.length > 0) note('not here', 'mounts', left.map(({ place }) => place).join(', '));
  return { partitions, rootNumber: rootIndex + 1 };
}

/** Whether the disk that is made has the source of a line of fstab. */
export function isMade(source: string, place: string, partitions: readonly BlockDevice[]): boolean {
  if (place === '/') return true;
  const [, key = '', value = ''] = /^(\w+)=(.*)$/.exec(source) ?? [];
  const plain = value.replaceAll('"', '');
  return partitions.some(
    ({ name, uuid, label, partUuid, partLabel, mount }) =>
      mount === place &&
      (source === `/dev/${name}` ||
        (key === 'UUID' && plain === uuid) ||
        (key === 'LABEL' && plain === label) ||
        (key === 'PARTUUID' && plain === partUuid) ||
        (key === 'PARTLABEL' && plain === partLabel)),
  );
}

function planPartition(
  partition: BlockDevice,
  root: BlockDevice,
  content: number,
): PlannedPartition {
  const { filesystem, label, uuid, partUuid, partLabel, partType, size, mount } = partition;
  const own = Math.max(1, Math.ceil(size / 2 ** 20));
  const isRoot = partition.name === root.name;
  const isBoot = ['/boot', '/boot/efi', '/efi'].includes(mount);
  const known = filesystem === 'ext4' || filesystem === 'vfat' || filesystem === 'swap';
  return {
    size: isRoot
      ? systemSize + 2 * content
      : isBoot
        ? Math.min(own, 64 + 2 * content)
        : Math.min(own, 64),
    type: partType || (filesystem === 'vfat' ? 'uefi' : 'linux'),
    name: partLabel,
    partUuid,
    filesystem: known && (isRoot || isBoot || filesystem === 'swap') ? filesystem : 'none',
    label,
    uuid,
    mount: isRoot ? '/' : isBoot ? mount : '',
  };
}

export function tableOf({ disk: { device, partitions }, captured }: Server): 'gpt' | 'dos' {
  const dump = captured.text(`sfdisk ${device.name}`) ?? '';
  if (/^label: dos/m.test(dump)) return 'dos';
  return partitions.some(({ partType }) => /^0x/.test(partType)) ? 'dos' : 'gpt';
}

function ordinal(number: number): string {
  return ['first', 'second', 'third', 'fourth'][number - 1] ?? `${number}th`;
}
