import { execa } from 'execa';
import { toolEnvironment } from '../../../src/host/processes.ts';

/** A file of a file system: what debugfs says of its inode. */
export type DiskFile = {
  inode: number;
  type: string;
  mode: number;
  uid: number;
  gid: number;
  links: number;
  xattrs: Record<string, string>;
};

/** Asks debugfs for each of these files of a disk's first partition; null for one that is not there. */
export async function readDiskFiles(
  disk: string,
  names: readonly string[],
): Promise<Map<string, DiskFile | null>> {
  const input = names.map((name) => `stat "/${name}"\n`).join('');
  const { stdout } = await execa('debugfs', ['-f', '-', `${disk}?offset=1048576`], {
    input,
    env: toolEnvironment(),
    reject: false,
    maxBuffer: 2 ** 30,
  });
  // Each command is printed before what it prints.
  const answers = stdout.split(/^debugfs: stat "\//m).slice(1);
  return new Map(answers.map((answer) => [answer.slice(0, answer.indexOf('"\n')), parse(answer)]));
}

function parse(answer: string): DiskFile | null {
  const head =
    /Inode: (\d+) +Type: (\S+) +Mode: +(\d+)[^]*?User: +(\d+) +Group: +(\d+)[^]*?Links: (\d+)/.exec(
      answer,
    );
  if (head === null) return null;
  const [, inode, type = '', mode = '', uid, gid, links] = head;
  const attributes = answer.matchAll(/^ {2}([a-z]+\.\S+) \(\d+\) = (.*)$/gm);
  return {
    inode: Number(inode),
    type,
    mode: Number.parseInt(mode, 8),
    uid: Number(uid),
    gid: Number(gid),
    links: Number(links),
    xattrs: Object.fromEntries(
      Array.from(attributes, ([, name = '', value = '']) => [name, value]),
    ),
  };
}
