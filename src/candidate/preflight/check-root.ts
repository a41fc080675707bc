import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';

/** The disk as the guest names it. */
const disk = '/dev/vda';

/** The root a command line asks for; the last one counts. Null where none does. */
export function rootOf(cmdline: string): string | null {
  const words = cmdline.split(/\s+/).filter((word) => word.startsWith('root='));
  return words.at(-1)?.slice('root='.length) ?? null;
}

/** Whether the second kernel's `root=` names a partition that is there. Roots by UUID or label are not looked up. */
export function checkRoot({
  cmdline,
  disk: { partitions, source },
}: Pick<Facts, 'cmdline' | 'disk'>): Finding[] {
  const root = rootOf(cmdline);
  const found = (message: string, id = 'root-not-there'): Finding => ({
    id,
    severity: 'stop',
    message,
    advice: `Append root=${disk}1: the last root= on the command line counts.`,
    source: `command line: ${cmdline.trim() === '' ? '(empty)' : cmdline.trim()}; ${source}`,
  });
  if (root === null) return [found('The command line names no root.', 'no-root')];
  if (!root.startsWith('/dev/') || /^\/dev\/(disk|mapper|nbd)/.test(root)) return [];
  const count = partitions.length;
  if (root === disk && count === 0) return [];
  if (root === disk)
    return [
      found(
        `root=${disk} is the whole disk, which has ${count === 1 ? 'a partition' : `${count} partitions`} and no file system of its own.`,
        'root-is-the-whole-disk',
      ),
    ];
  const number = /^\/dev\/vda(\d+)$/.exec(root)?.[1];
  if (number === undefined)
    return [found(`root=${root} is no disk of this machine: its only one is ${disk}.`)];
  const partition = partitions[Number(number) - 1];
  if (partition === undefined)
    return [
      found(
        `root=${root} does not exist: the disk has ${count} partition${count === 1 ? '' : 's'}.`,
      ),
    ];
  if (partition.filesystem === 'vfat')
    return [found(`root=${root} is the EFI system partition.`, 'root-is-the-esp')];
  return [];
}
