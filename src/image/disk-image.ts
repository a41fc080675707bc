import { open } from 'node:fs/promises';
import { UnavailableError } from '../errors.ts';
import { writeEsp } from './esp.ts';
import { runTool } from './run-tool.ts';

const mebibyte = 2 ** 20;
const sector = 512;
const block = 4096;
/** Room in front of the partition for the GPT and its alignment, and behind it for the second GPT. */
const margin = mebibyte;

/** An EFI system partition behind the root: what is on it, and how large it is. */
export type EspContent = { tree: string; sizeMiB: number };

/** Whose a file of the tree is to be; `name` is relative to the tree. */
export type Owner = { name: string; uid: number; gid: number };

/**
 * Writes a raw disk with a GPT and one ext4 partition named `root` that holds `tree`, whose files become those of their
 * `owners`, and behind it the EFI system partition where there is one: `root` is always the first.
 * Needs no root: files change owner inside the image. Throws UnavailableError when the tree does not fit.
 */
export async function writeDisk(
  file: string,
  tree: string,
  owners: readonly Owner[],
  sizeMiB: number,
  signal: AbortSignal | undefined,
  esp: EspContent | null = null,
): Promise<void> {
  const size = sizeMiB * mebibyte - 2 * margin;
  const handle = await open(file, 'w');
  const whole = sizeMiB + (esp?.sizeMiB ?? 0);
  await handle.truncate(whole * mebibyte).finally(() => handle.close());

  const partition = `start=${margin / sector}, size=${size / sector}, type=linux, name=root`;
  const offset = margin + size;
  const second =
    esp === null
      ? ''
      : `start=${offset / sector}, size=${(esp.sizeMiB * mebibyte) / sector}, type=uefi, name=ESP`;
  const table = `label: gpt\n${partition}\n${second}\n`;
  await runTool('sfdisk', ['--quiet', file], { input: table, signal });
  const format = ['-q', '-F', '-t', 'ext4', '-b', String(block), '-L', 'root'];
  const content = ['-E', `offset=${margin}`, '-d', tree, file, String(size / block)];
  await runTool('mke2fs', [...format, ...content], { signal });
  await giveToOwners(file, owners, signal);
  if (esp !== null) await writeEsp(file, { offset, sizeMiB: esp.sizeMiB }, esp.tree, signal);
}

/** mke2fs copies owners as they are on the host, where everything belongs to whoever builds. */
async function giveToOwners(
  file: string,
  owners: readonly Owner[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const commands = [{ name: '', uid: 0, gid: 0 }, ...owners].map(
    ({ name, uid, gid }) =>
      `set_inode_field "/${name}" uid ${uid}\nset_inode_field "/${name}" gid ${gid}\n`,
  );
  const { stderr } = await runTool('debugfs', ['-w', '-f', '-', `${file}?offset=${margin}`], {
    input: commands.join(''),
    signal,
  });
  // debugfs goes on after a command that fails and ends well; its first line is its version.
  const trouble = stderr.split('\n').slice(1).join('\n').trim();
  if (trouble !== '') throw new UnavailableError(`debugfs failed: ${trouble}`, { place: file });
}
