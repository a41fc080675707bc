import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { runTool } from './run-tool.ts';

const mebibyte = 2 ** 20;
/** sfdisk's alignment in front of the partition; at the end, room for GPT's second table. */
const partitionStart = mebibyte;
const partitionEnd = mebibyte;

/**
 * Writes a raw disk with a GPT and one ext4 partition named `root` that holds `tree`, all of it owned by root.
 * Works as any user: files change owner inside the image, by inode.
 */
export async function writeDisk(
  file: string,
  tree: string,
  sizeMiB: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const size = sizeMiB * mebibyte;
  const handle = await open(file, 'w');
  await handle.truncate(size);
  await handle.close();

  const table = `label: gpt\nstart=${partitionStart / 512}, size=${(size - partitionStart - partitionEnd) / 512}, type=linux, name=root\n`;
  await runTool('sfdisk', ['--quiet', file], { input: table, signal });
  const blocks = (size - partitionStart - partitionEnd) / 4096;
  const options = ['-E', `offset=${partitionStart},lazy_itable_init=0,lazy_journal_init=0`];
  await runTool(
    'mke2fs',
    [
      '-q',
      '-F',
      '-t',
      'ext4',
      '-b',
      '4096',
      '-L',
      'root',
      ...options,
      '-d',
      tree,
      file,
      String(blocks),
    ],
    { signal },
  );
  await giveToRoot(file, tree, signal);
}

/** mke2fs copies owners as they are on the host, where everything belongs to whoever builds. */
async function giveToRoot(
  file: string,
  tree: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const entries = await readdir(tree, { recursive: true, withFileTypes: true });
  const names = entries.map((entry) =>
    path.relative(tree, path.join(entry.parentPath, entry.name)),
  );
  const commands = ['', ...names].flatMap((name) =>
    ['uid', 'gid'].map((field) => `set_inode_field "/${name}" ${field} 0\n`),
  );
  await runTool('debugfs', ['-w', '-f', '-', `${file}?offset=${partitionStart}`], {
    input: commands.join(''),
    signal,
  });
}
