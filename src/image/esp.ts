import { copyFile, mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runTool } from './run-tool.ts';
import { treeNames } from './tree-names.ts';

const mebibyte = 2 ** 20;
const sector = 512;

/**
 * What makes the same files the same bytes: the time mtools puts on everything, here the first that FAT can tell, and
 * the number of the volume, which would be random.
 */
const sameTimes = { SOURCE_DATE_EPOCH: '315532800', TZ: 'UTC' };
const volumeNumber = '4b584c42';

/** Heads and sectors of a geometry that makes one cylinder a mebibyte; nobody looks at it, but mtools wants one. */
const geometry = ['-h', '64', '-s', '32'];

/**
 * Fills a part of `file`, `sizeMiB` long from byte `offset` on, with the FAT file system of an EFI system partition that
 * holds `tree`. Needs no root, and the same tree gives the same bytes. Throws UnavailableError when it does not fit.
 */
export async function writeEsp(
  file: string,
  { offset, sizeMiB }: { offset: number; sizeMiB: number },
  tree: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const run = (tool: string, args: string[]) =>
    runTool(tool, ['-i', `${file}@@${offset}`, ...args], { env: sameTimes, signal });
  const sectors = (sizeMiB * mebibyte) / sector;
  await run('mformat', ['-T', `${sectors}`, ...geometry, '-v', 'ESP', '-N', volumeNumber, '::']);
  for (const name of await treeNames(tree)) {
    const source = path.join(tree, name);
    const isDirectory = (await stat(source)).isDirectory();
    await (isDirectory ? run('mmd', [`::/${name}`]) : run('mcopy', [source, `::/${name}`]));
  }
}

/**
 * Lays a kernel, its initrd and systemd-boot out as `bootctl install` and a boot entry of type 1 do (the Boot Loader
 * Specification), so that the firmware starts the kernel without anybody choosing it.
 */
export async function layOutEsp(
  tree: string,
  { kernel, initrd, cmdline }: { kernel: string; initrd: string; cmdline: string },
): Promise<void> {
  await mkdir(path.join(tree, 'loader/entries'), { recursive: true });
  await mkdir(path.join(tree, 'debian'), { recursive: true });
  await copyFile(kernel, path.join(tree, 'debian/linux'));
  await copyFile(initrd, path.join(tree, 'debian/initrd.img'));
  const entry = [
    'title Debian',
    'linux /debian/linux',
    'initrd /debian/initrd.img',
    `options ${cmdline}`,
  ];
  await writeFile(path.join(tree, 'loader/loader.conf'), 'timeout 0\ndefault debian.conf\n');
  await writeFile(path.join(tree, 'loader/entries/debian.conf'), `${entry.join('\n')}\n`);
}
