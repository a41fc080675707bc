import { open, stat } from 'node:fs/promises';
import type { Arch } from '../arch.ts';
import { ScenarioError } from '../errors.ts';
import { scenarioFileError } from '../file-error.ts';
import { diskHeaderBytes, diskTrouble } from '../formats/disk.ts';
import { kernelHeaderBytes, kernelTrouble } from '../formats/kernel.ts';
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
