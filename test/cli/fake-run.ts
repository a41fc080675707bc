import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Test } from 'tap';
import type { RunReport } from '../../src/model/run.ts';
import type { Play } from '../qemu/machine-fixtures.ts';
import { fakeQemuDirectory } from '../qemu/machine-fixtures.ts';
import { least, writeFiles } from '../scenario/files.ts';

/** The beginning of an arm64 Image; enough for the lab to take the file for a kernel. */
const kernel = Buffer.alloc(64);
kernel.write('ARM\x64', 0x38);

const boot = `boot:
  kernel: { file: kernel }
  initramfs: { file: initramfs }
  disk: null
  tags: { KEXEC_KERNEL: /vmlinuz }
`;

/** A directory with scenarios that boot files of the user's, and how to run them against the fake QEMU. */
export function fakeRun(t: Test, play: Play) {
  const directory = writeFiles(t, {
    kernel,
    initramfs: gzipSync(''),
    'text.txt': 'no kernel',
    'mine.yaml': least.replace(', arm', '') + boot,
    'other.yaml': least.replace(', arm', '') + boot,
    'broken.yaml': least.replace(', arm', '') + boot.replace('file: kernel', 'file: text.txt'),
  });
  const out = join(directory, 'runs');
  return {
    directory,
    words: (...words: string[]) => [
      ...['run', '--no-checkpoint', '--out', out, '--qemu-dir', fakeQemuDirectory],
      ...words.map((word) => (word.endsWith('.yaml') ? join(directory, word) : word)),
    ],
    env: { FAKE_QEMU_PLAY: JSON.stringify(play) },
    /** The report on disk, or null where none was written. */
    report: (): RunReport | null => {
      const file = join(out, 'latest/report.json');
      return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RunReport) : null;
    },
    /** The processes that still have a file of this test's on their command line. */
    leftovers: (): string[] =>
      readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map(commandLine)
        .filter((line) => line.includes(`${directory}/kernel`)),
  };
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // It has ended since.
  }
}
