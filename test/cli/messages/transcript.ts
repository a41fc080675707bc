import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Test } from 'tap';
import { fakeQemuDirectory } from '../../qemu/machine-fixtures.ts';
import { kexecLabCommand } from '../kexec-lab.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

/** Variables of the caller that change what the program prints. */
const telling = /^(?:CI|COLUMNS|FORCE_COLOR|LANG|LC_.*|GITHUB_.*|KEXEC_LAB_.*|XDG_.*|npm_.*)$/;
const surroundings = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !telling.test(name)),
);

type Situation = {
  /** Where the program is started. Its paths are left out of the snapshot. */
  directory: string;
  env?: Record<string, string>;
  /** What else differs from machine to machine, and what stands for it in the snapshot. */
  instead?: [RegExp, string][];
};

/**
 * Gives a function that runs one command line of kexec-lab and compares what it prints, with its exit code, with the
 * snapshot. A line is split at its spaces; words with spaces need an array. QEMU is the fake one.
 */
export function snapshots(t: Test, { directory, env = {}, instead = [] }: Situation) {
  return async (line: string | string[], input = ''): Promise<void> => {
    const words = typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : line;
    const [node = '', ...program] = kexecLabCommand;
    const ended = await execa(node, [...program, ...words], {
      cwd: directory,
      reject: false,
      input,
      extendEnv: false,
      env: {
        ...surroundings,
        LC_ALL: 'C.UTF-8',
        NO_COLOR: '1',
        XDG_CONFIG_HOME: `${directory}/config`,
        KEXEC_LAB_CACHE: `${directory}/cache`,
        KEXEC_LAB_QEMU_DIR: fakeQemuDirectory,
        ...env,
      },
    });
    const command = `kexec-lab ${words.map((word) => (/^[\w./:=,*#%+-]+$/.test(word) ? word : `'${word}'`)).join(' ')}`;
    const printed = [
      `$ ${command}`,
      ended.stdout,
      ended.stderr.replaceAll(/^/gm, 'stderr: '),
      `exit code ${String(ended.exitCode)}`,
    ].filter((part) => part !== '' && part !== 'stderr: ');
    const steady = (text: string) => withoutChance(text, directory, instead);
    t.matchSnapshot(steady(printed.join('\n')), steady(command));
  };
}

/** The text without what differs between two runs: paths, the ids of runs, seconds, digests. */
function withoutChance(text: string, directory: string, instead: [RegExp, string][]): string {
  const usual: [RegExp, string][] = [
    [/^kexec-lab \d+\.\d+\.\d+, Node\.js \d+\.\d+\.\d+$/gm, 'kexec-lab VERSION, Node.js VERSION'],
    [/\b\d{8}T\d{6}Z-[0-9a-f]{4}\b/g, 'RUN'],
    [/\b\d+\.\d+ s\b/g, 'N.N s'],
    [/\bseconds: [\d.]+/g, 'seconds: N.N'],
    [/\b(?:[0-9a-f]{16}|[0-9a-f]{32})\b/g, 'DIGEST'],
  ];
  return [...instead, ...usual].reduce(
    (before, [pattern, word]) => before.replaceAll(pattern, word),
    text.replaceAll(`${directory}/`, '').replaceAll(directory, '.').replaceAll(root, 'PACKAGE'),
  );
}
