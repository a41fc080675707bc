/** The files of a system's disk: those of a system of the lab, or a root file system that the user brings. */
import path from 'node:path';
import { makeReadable } from '../../debian/deb-file.ts';
import { UnavailableError } from '../../errors.ts';
import { hasContent } from '../../host/files.ts';
import { runTool } from '../../host/processes.ts';
import type { SystemDiskRecipe } from '../recipes/recipe.ts';
import { outputNames, systemKernels } from '../recipes/recipe.ts';

/** A tar archive. */
export type DiskContent = Pick<NonNullable<SystemDiskRecipe['root']>, 'file' | 'compression'>;

const modules = './usr/lib/modules';

/**
 * The archive with the files of the disk. A candidate's kernel, which is installed in a system of the lab, is added to
 * `overlay` if the user brings the files.
 * @param system the directory of that system's image
 * @throws UnavailableError if the user's archive is not what it was
 */
export async function contentOf(
  { root, kernels }: SystemDiskRecipe,
  system: string,
  overlay: string,
): Promise<DiskContent> {
  if (root === undefined)
    return { file: path.join(system, outputNames.system), compression: 'none' };
  if (!(await hasContent(root.file, root.sha256)))
    throw new UnavailableError(`${root.file} has changed since the lab read it`, {
      hint: 'Run the command again.',
    });
  if (kernels?.directory === systemKernels)
    await takeFiles(system, overlay, ['./boot', modules, './vmlinuz', './initrd.img']);
  return root;
}

async function takeFiles(system: string, target: string, names: string[]): Promise<void> {
  const archive = path.join(system, outputNames.system);
  await runTool('tar', ['--extract', '--file', archive, '--directory', target, ...names]);
  await makeReadable(target, undefined);
}
