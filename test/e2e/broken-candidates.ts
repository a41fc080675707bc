import {
  chmod,
  copyFile,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { ensureEntries } from '../../src/image/ensure-images.ts';
import { planEntries } from '../../src/image/recipes/plan.ts';
import { outputNames, ownRecipes } from '../../src/image/recipes/recipe.ts';

/** Where the parts of the distribution's own kernel are. */
export type Parts = { kernel: string; initrd: string };

/** A kernel under test, as the words of a command. */
export type Words = string[];

/** Half a kernel, as after an update cut short. */
export async function truncatedImage(directory: string, { kernel, initrd }: Parts): Promise<Words> {
  const file = join(directory, 'vmlinuz-truncated');
  const whole = await readFile(kernel);
  await writeFile(file, whole.subarray(0, whole.length / 2));
  return ['--kernel', file, '--initrd', initrd];
}

/** A good kernel with an initramfs in which something was changed. */
export async function changedInitrd(
  directory: string,
  { kernel, initrd }: Parts,
  change: (tree: string) => Promise<void>,
): Promise<Words> {
  const tree = join(directory, 'tree');
  const file = join(directory, 'initrd');
  await mkdir(tree, { recursive: true });
  await execa('cpio', ['--extract', '--quiet', '--make-directories'], {
    cwd: tree,
    inputFile: initrd,
  });
  await change(tree);
  const names = await execa('find', ['.'], { cwd: tree });
  await execa('cpio', ['--create', '--quiet', '--format=newc', '--owner=0:0'], {
    cwd: tree,
    input: names.stdout,
    stdout: { file },
  });
  await rm(tree, { recursive: true });
  return ['--kernel', kernel, '--initrd', file];
}

/** Takes the disk's driver out. */
export async function withoutVirtio(tree: string): Promise<void> {
  const { stdout } = await execa('find', [tree, '-name', 'virtio_blk.ko*']);
  for (const file of stdout.split('\n')) await rm(file);
}

/** Makes it one for another release. */
export async function ofAnotherRelease(tree: string): Promise<void> {
  const modules = join(tree, 'usr/lib/modules');
  const [release = ''] = await readdir(modules);
  await rename(join(modules, release), join(modules, '6.0.0-other'));
}

/** Has the kernel panic as soon as programs run. */
export async function thatPanics(tree: string): Promise<void> {
  const init = join(tree, 'init');
  await writeFile(init, '#!/bin/sh\nmount -t proc proc /proc\necho c > /proc/sysrq-trigger\n');
  await chmod(init, 0o755);
}

/** The same kernel with a configuration that says it was built without kexec. */
export async function builtWithoutKexec(directory: string, { kernel }: Parts): Promise<Words> {
  const tree = join(directory, 'no-kexec');
  const modules = join(kernel, '../lib/modules');
  const [release = ''] = await readdir(modules);
  await mkdir(tree, { recursive: true });
  await copyFile(kernel, join(tree, `vmlinuz-${release}`));
  await writeFile(
    join(tree, `config-${release}`),
    '# CONFIG_KEXEC is not set\nCONFIG_VIRTIO_BLK=m\n',
  );
  await cp(modules, join(tree, 'lib/modules'), { recursive: true });
  return ['--kernel', tree];
}

/** A directory with the distribution's kernel and its modules. @param share how much of the kernel there is; 1: all */
export async function kernelDirectory(
  directory: string,
  { share }: { share: number },
): Promise<void> {
  const entries = planEntries(['distro-kernel'], 'aarch64', ownRecipes);
  const manifests = await ensureEntries(entries);
  const release = manifests.get('distro-kernel')?.release;
  const [{ directory: built } = { directory: '' }] = entries;
  await mkdir(join(directory, 'boot'), { recursive: true });
  const whole = await readFile(join(built, outputNames.kernel));
  const kernel = whole.subarray(0, whole.length * share);
  await writeFile(join(directory, 'boot', `vmlinuz-${release}`), kernel);
  await cp(join(built, 'lib'), join(directory, 'lib'), { recursive: true });
}
