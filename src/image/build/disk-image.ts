import { copyFile, mkdir, stat, writeFile, open } from 'node:fs/promises';
import path from 'node:path';
import { UnavailableError } from '../../errors.ts';
import { runTool } from '../../host/run-tool.ts';
import { treeNames } from './pack-tree.ts';

const mebibyte = 2 ** 20;
const sector = 512;
const block = 4096;
/** Room in front of the partition for the GPT and its alignment, and behind it for the second GPT. */
const margin = mebibyte;

/** An EFI system partition behind the root: what is on it, and how large it is. */
export type EspContent = { tree: string; sizeMiB: number };

/** Where a disk's root file system is. */
type RootPartition = { offsetMiB: number; blocks: number };

/**
 * Makes a raw disk with a GPT and one partition named `root`, and behind it an EFI system partition of `espMiB` where
 * that is not 0: `root` is always the first. Both are empty. Sizes are in MiB.
 */
export async function partitionDisk(
  file: string,
  { sizeMiB, espMiB }: { sizeMiB: number; espMiB: number },
  signal: AbortSignal | undefined,
): Promise<RootPartition> {
  const size = sizeMiB * mebibyte - 2 * margin;
  const handle = await open(file, 'w');
  await handle.truncate((sizeMiB + espMiB) * mebibyte).finally(() => handle.close());

  const partitions = [`start=${margin / sector}, size=${size / sector}, type=linux, name=root`];
  if (espMiB > 0) {
    const [start, sectors] = [(margin + size) / sector, (espMiB * mebibyte) / sector];
    partitions.push(`start=${start}, size=${sectors}, type=uefi, name=ESP`);
  }
  const table = ['label: gpt', ...partitions].map((line) => `${line}\n`).join('');
  await runTool('sfdisk', ['--quiet', file], { input: table, signal });
  return { offsetMiB: margin / mebibyte, blocks: size / block };
}

/**
 * Writes a raw disk as `partitionDisk` makes it, whose ext4 root holds `tree`, and whose EFI system partition holds that
 * of `esp`. Needs no root: inside the image every file belongs to root. Throws UnavailableError when the tree does not fit.
 */
export async function writeDisk(
  file: string,
  tree: string,
  sizeMiB: number,
  signal: AbortSignal | undefined,
  esp: EspContent | null = null,
): Promise<void> {
  const { blocks } = await partitionDisk(file, { sizeMiB, espMiB: esp?.sizeMiB ?? 0 }, signal);
  const format = ['-q', '-F', '-t', 'ext4', '-b', String(block), '-L', 'root'];
  const content = ['-E', `offset=${margin}`, '-d', tree, file, String(blocks)];
  await runTool('mke2fs', [...format, ...content], { signal });
  await giveToRoot(file, ['', ...(await treeNames(tree))], signal);
  const offset = sizeMiB * mebibyte - margin;
  if (esp !== null) await writeEsp(file, { offset, sizeMiB: esp.sizeMiB }, esp.tree, signal);
}

/** mke2fs copies owners as they are on the host, where everything belongs to whoever builds. */
async function giveToRoot(
  file: string,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const commands = names.flatMap((name) =>
    ['uid', 'gid'].map((field) => `set_inode_field "/${name}" ${field} 0\n`),
  );
  const { stderr } = await runTool('debugfs', ['-w', '-f', '-', `${file}?offset=${margin}`], {
    input: commands.join(''),
    signal,
  });
  // debugfs goes on after a command that fails and ends well; its first line is its version.
  const trouble = stderr.split('\n').slice(1).join('\n').trim();
  if (trouble !== '') throw new UnavailableError(`debugfs failed: ${trouble}`, { place: file });
}

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
