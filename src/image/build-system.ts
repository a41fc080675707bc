import { copyFile, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UnavailableError } from '../errors.ts';
import type { BuildContext, Built } from './build-context.ts';
import { recipesDirectory } from './catalog.ts';
import { systemScript } from './content-key.ts';
import { addOverlay } from './file-tree.ts';
import { writeRepository } from './local-repository.ts';
import { systemPackages, systemSelection } from './package-selection.ts';
import { fetchPackages } from './packages.ts';
import { outputNames, type SystemRecipe } from './recipe.ts';
import { runTool } from './run-tool.ts';
import { installSystem } from './install-system.ts';
import { archiveTree, makeReadable, settleModes } from './tree-archive.ts';

/**
 * A whole Debian: `rootfs.tar` (owners by number), its kernel `vmlinuz` and `initrd.img`, which its own initramfs-tools
 * made. apt downloads and verifies, mmdebstrap installs, without a network.
 */
export async function buildSystem(recipe: SystemRecipe, context: BuildContext): Promise<Built> {
  const { arch, scratch, output, packageOptions, onStep, signal } = context;
  const { packages, debs } = await fetchPackages(systemSelection(recipe, arch), packageOptions);

  onStep('laying out the packages');
  const parts = path.join(scratch, 'parts');
  const overlay = path.join(parts, 'overlay');
  await mkdir(overlay, { recursive: true });
  for (const name of recipe.overlays) await addOverlay(overlay, path.join(recipesDirectory, name));
  await writeRepository(path.join(parts, 'repository'), packages, debs);
  await writeFile(path.join(parts, 'masks'), recipe.masks.map((unit) => `${unit}\n`).join(''));
  await copyFile(path.join(recipesDirectory, systemScript), path.join(parts, systemScript));

  await settleModes(parts, signal);
  const archive = path.join(scratch, 'parts.tar');
  await archiveTree(parts, archive, signal);
  const rootfs = path.join(output, outputNames.system);
  const total = packages.length;
  const wanted = systemPackages(recipe, arch);
  await installSystem({ arch, packages: wanted, total, archive, rootfs, onStep, signal });

  onStep('taking the kernel and its initrd out');
  const release = await takeBootFiles(rootfs, output, scratch, signal);
  return { packages, release };
}

/** The system's own kernel and initrd, for those who boot it without its disk; returns the kernel's release. */
async function takeBootFiles(
  rootfs: string,
  output: string,
  scratch: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const boot = path.join(scratch, 'boot');
  await mkdir(boot);
  const names = ['--wildcards', './boot/vmlinuz-*', './boot/initrd.img-*'];
  await runTool('tar', ['--extract', '--file', rootfs, '--directory', boot, ...names], { signal });
  await makeReadable(boot, signal);
  const files = await readdir(path.join(boot, 'boot'));
  const [kernel = '', ...others] = files.filter((file) => file.startsWith('vmlinuz-'));
  const release = kernel.replace('vmlinuz-', '');
  if (release === '' || others.length > 0 || !files.includes(`initrd.img-${release}`))
    throw new UnavailableError(
      `the system should have one kernel and its initrd: ${files.join(', ')}`,
    );
  await rename(path.join(boot, 'boot', kernel), path.join(output, 'vmlinuz'));
  await rename(path.join(boot, 'boot', `initrd.img-${release}`), path.join(output, 'initrd.img'));
  return release;
}
