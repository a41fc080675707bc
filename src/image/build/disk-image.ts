import { copyFile, mkdir, stat, writeFile, open } from 'node:fs/promises';
import path from 'node:path';
import { UnavailableError } from '../../errors.ts';
import { runTool } from '../../host/processes.ts';
import { treeNames } from './file-tree.ts';

const mebibyte = 2 ** 20;
const sector = 512;
const block = 4096;
/** Space before the partition for the GPT and its alignment, and after it for the backup GPT. Bytes. */
const margin = mebibyte;

/** The content and size of an EFI system partition after the root partition. */
export type EspContent = { tree: string; sizeMiB: number };

/** The position of a disk's root file system, and its size in blocks of 4 KiB. */
type RootPartition = { offsetMiB: number; blocks: number };

/**
 * Creates a raw disk with a GPT and an empty partition named `root`, followed by an empty EFI system partition of `espMiB`
 * unless that is 0. `root` is always the first partition. Sizes are in MiB.
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
 * Creates a disk with `partitionDisk` and fills its ext4 root with `tree` and its EFI system partition with the tree of
 * `esp`. Needs no root privileges; root owns every file in the image. Throws UnavailableError if the tree does not fit.
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

/** Makes root the owner of every file. mke2fs copies the owners from the host, where the user owns everything. */
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
  // debugfs continues after a failed command and exits with 0. Its first line is its version.
  const trouble = stderr.split('\n').slice(1).join('\n').trim();
  if (trouble !== '') throw new UnavailableError(`debugfs failed: ${trouble}`, { place: file });
}

/**
 * Makes the same files give the same bytes: mtools sets this time on every file (the earliest that FAT can represent) and
 * this volume number, which is random by default.
 */
const sameTimes = { SOURCE_DATE_EPOCH: '315532800', TZ: 'UTC' };
const volumeNumber = '4b584c42';

/** A geometry with cylinders of one mebibyte. mtools requires one; nothing uses it. */
const geometry = ['-h', '64', '-s', '32'];

/**
 * Writes the FAT file system of an EFI system partition with the files of `tree` into `file`, at byte `offset`. Needs no
 * root privileges, and the same tree gives the same bytes. Throws UnavailableError if the tree does not fit.
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
 * Adds a kernel, its initrd and a boot entry of type 1 (Boot Loader Specification) to the tree of an EFI system partition,
 * as `bootctl install` does, so that the firmware boots the kernel without a menu.
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
