/** The partitions of a system's disk. */
import { open } from 'node:fs/promises';
import { runTool } from '../../host/processes.ts';
import type { PartitionRecipe } from '../recipes/disk-layout.ts';
import type { SystemDiskRecipe } from '../recipes/recipe.ts';
import { partitionDisk } from './disk-image.ts';

/** A file system, and where on the disk it is. MiB. */
type Filesystem = Pick<PartitionRecipe, 'size' | 'filesystem' | 'uuid' | 'label' | 'mount'> & {
  offset: number;
};

/** Space before the first partition and, for a GPT's backup, after the last one. MiB. */
const margin = 1;
const mebibyte = 2 ** 20;
const sectors = mebibyte / 512;

/**
 * Creates a raw disk with the partitions of a recipe; each is empty. Returns its file systems.
 * @throws UnavailableError if sfdisk fails
 */
export async function partitionSystemDisk(
  file: string,
  { size, partitions }: Pick<SystemDiskRecipe, 'size' | 'partitions'>,
  signal: AbortSignal | undefined,
): Promise<Filesystem[]> {
  if (partitions === undefined) {
    const root = await partitionDisk(file, { sizeMiB: size, espMiB: 0 }, signal);
    const place = { offset: root.offsetMiB, size: size - 2 * margin };
    return [{ ...place, filesystem: 'ext4', uuid: '', label: 'root', mount: '/' }];
  }
  const { table, list } = partitions;
  const handle = await open(file, 'w');
  const all = list.reduce((sum, partition) => sum + partition.size, 2 * margin);
  await handle.truncate(all * mebibyte).finally(() => handle.close());
  let offset = margin;
  const placed = list.map((partition) => {
    const here = { ...partition, offset };
    offset += partition.size;
    return here;
  });
  const lines = placed.map(({ offset, size, type, name, partUuid }) =>
    [
      `start=${offset * sectors}`,
      `size=${size * sectors}`,
      `type=${type.replace(/^0x/, '')}`,
      ...(table === 'gpt' && name !== '' ? [`name="${name}"`] : []),
      ...(table === 'gpt' && partUuid !== '' ? [`uuid=${partUuid}`] : []),
    ].join(', '),
  );
  const id = table === 'dos' ? diskId(placed) : [];
  const text = [`label: ${table}`, ...id, ...lines].map((line) => `${line}\n`).join('');
  await runTool('sfdisk', ['--quiet', file], { input: text, signal });
  return placed.filter(({ filesystem }) => filesystem !== 'none');
}

/** In an MBR, a partition's UUID is the disk's id and the number of the partition. */
function diskId(partitions: readonly Pick<PartitionRecipe, 'partUuid'>[]): string[] {
  const [id = ''] = partitions[0]?.partUuid.split('-') ?? [];
  return /^[\da-f]{8}$/i.test(id) ? [`label-id: 0x${id}`] : [];
}

/** The lines that fill-disk.sh reads: the deepest mount point first, so that each file system takes what is below it. */
export function layoutText(filesystems: readonly Filesystem[]): string {
  const depth = ({ mount }: Filesystem) => (mount === '/' ? 0 : mount.split('/').length);
  return [...filesystems]
    .sort((a, b) => depth(b) - depth(a))
    .map(({ offset, size, filesystem, uuid, mount, label }) =>
      [offset, size, filesystem, uuid || '-', mount || '-', label].join('\t'),
    )
    .map((line) => `${line}\n`)
    .join('');
}
