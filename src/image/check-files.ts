import { open, stat } from 'node:fs/promises';
import type { Arch } from '../arch.ts';
import { ScenarioError } from '../errors.ts';
import { scenarioFileError } from '../file-error.ts';
import { kernelHeaderBytes, kernelTrouble } from '../formats/kernel.ts';
import { hasMagic } from '../formats/magic.ts';
import { kindOf } from '../host/user-file.ts';
import type { ImageReference } from '../scenario/scenario.ts';
import type { ImageRequest } from './recipes/plan.ts';

type Kind = 'kernel' | 'initramfs' | 'disk';

/**
 * Checks the user's own files in a request before they are used. Throws ScenarioError if a file is not what it should be.
 */
export async function checkFiles({ arch, kernel, initramfs, disk }: ImageRequest): Promise<void> {
  await checkReference('kernel', kernel, arch);
  await checkReference('initramfs', initramfs, arch);
  await checkReference('disk', disk, arch);
}

async function checkReference(kind: Kind, reference: ImageReference | null, arch: Arch) {
  if (reference === null || typeof reference === 'string') return;
  const { file } = reference;
  const trouble = await findTrouble(kind, file, arch).catch((error: unknown) => {
    throw scenarioFileError(error, { place: file, doing: `read this ${kind}` });
  });
  if (trouble !== null) throw new ScenarioError(`this ${kind} ${trouble}`, { place: file });
}

async function findTrouble(kind: Kind, file: string, arch: Arch): Promise<string | null> {
  const found = await stat(file);
  // Opening a pipe without a writer would block and could not be interrupted.
  if (!found.isFile()) return `is ${kindOf(found)}`;
  const { size } = found;
  switch (kind) {
    case 'kernel':
      return kernelTrouble(await readStart(file, kernelHeaderBytes), size, arch);
    case 'initramfs': {
      const { initramfsTrouble } = await import('../formats/initramfs.ts');
      return initramfsTrouble(file);
    }
    case 'disk':
      return diskTrouble(await readStart(file, diskHeaderBytes), size);
  }
}

async function readStart(file: string, length: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** How much of a disk `diskTrouble` needs: the first sectors and an ext superblock. Bytes. */
const diskHeaderBytes = 4096;

const sector = 512;

/**
 * Why a file is not a raw disk with partitions, as the end of a sentence that begins with the file's name; null if it
 * looks like one. `header` is the beginning of the file, `size` the length of the whole file in bytes.
 */
export function diskTrouble(header: Buffer, size: number): string | null {
  if (size === 0) return 'is empty';
  if (hasMagic(header, 'qcow2'))
    return 'is a qcow2 image; a raw image is needed (qemu-img convert -O raw)';
  if (size < 2 * sector) return `is too small for a disk (${size} bytes)`;
  if (hasPartitionTable(header)) return null;
  return hasMagic(header, 'ext')
    ? 'has no partition table: the whole image is one ext file system'
    : 'has no partition table';
}

/** Whether there is an MBR with at least one partition, or a GPT. */
function hasPartitionTable(header: Buffer): boolean {
  if (!hasMagic(header, 'bootSector')) return false;
  const types = [0, 1, 2, 3].map((index) => header[446 + index * 16 + 4] ?? 0);
  if (types.includes(0xee)) return hasMagic(header, 'gpt');
  return types.some((type) => type !== 0);
}
