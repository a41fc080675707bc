import { gzipSync } from 'node:zlib';
import type { AbuseCase, AbuseKind } from './abuse-case.ts';
import { besidesKernel, deb, image } from './archives.ts';
import { write } from './files.ts';

/** A host that gives little: open files, file sizes, processes, disks that are full. */
export const limits: AbuseKind = {
  name: 'limits',
  make({ directory }): AbuseCase[] {
    const log = write(directory, 'log', '[    0.000000] Linux version 6.1.0 (a@b) #1\n');
    const package_ = write(
      directory,
      'fine.deb',
      deb([{ name: './boot/vmlinuz-6.9-test', content: image() }, ...besidesKernel]),
    );
    const kernel = write(directory, 'kernel', image(64));
    const initrd = write(directory, 'initrd', gzipSync(''));
    const scenario = write(
      directory,
      'mine.yaml',
      `title: A title\nstory: A story.\narch: [aarch64]\nboot: { kernel: { file: ${kernel} }, initramfs: { file: ${initrd} }, disk: null }\nexpect: { outcome: booted }\nlimits: { total: 5, silence: 2 }\n`,
    );
    const run = ['run', scenario, '--no-checkpoint', '--out', 'runs'];
    const full = (...words: string[]) => ({ words, codes: [5] });
    return [
      ...[24, 32, 48, 64, 96].flatMap((files) => [
        {
          name: `run with ${files} open files`,
          words: run,
          limits: [`--nofile=${files}`],
          codes: [1, 5],
        },
        {
          name: `preflight with ${files} open files`,
          words: ['preflight', '--kernel', package_],
          limits: [`--nofile=${files}`],
          codes: [0, 5, 7],
        },
        {
          name: `diagnose with ${files} open files`,
          words: ['diagnose', log],
          limits: [`--nofile=${files}`],
          codes: [0, 5],
        },
      ]),
      { name: 'run with files of 0 bytes', words: run, limits: ['--fsize=0'], codes: [5] },
      { name: 'run with files of 4 KiB', words: run, limits: ['--fsize=4096'], codes: [1, 5] },
      {
        name: 'preflight with files of 1 KiB',
        words: ['preflight', '--kernel', package_],
        limits: ['--fsize=1024'],
        codes: [5],
      },
      {
        name: 'diagnose with files of 0 bytes',
        words: ['diagnose', log],
        limits: ['--fsize=0'],
        codes: [0],
      },
      {
        name: 'a reporter on a full disk',
        ...full(...run, '--reporter', 'json=/dev/full'),
        codes: [1, 5],
      },
      {
        name: 'a page on a full disk',
        ...full(...run, '--reporter', 'html=/dev/full'),
        codes: [1, 5],
      },
      { name: 'a list on a full disk', words: ['list'], codes: [0, 5], stdin: ':' },
      {
        name: 'a QEMU directory that is a device',
        words: [...run, '--qemu-dir', '/dev/null'],
        codes: [2, 5],
      },
      { name: 'no PATH', words: run, env: { PATH: '/nonexistent' }, codes: [5] },
      {
        name: 'no HOME',
        words: ['images', 'list'],
        env: { HOME: '', KEXEC_LAB_CACHE: '', XDG_CACHE_HOME: 'relative' },
        codes: [0, 2, 5],
      },
      {
        name: 'a TMPDIR that is not there',
        words: run,
        env: { TMPDIR: '/nonexistent' },
        codes: [1, 5],
      },
      {
        name: 'a TMPDIR that is a device',
        words: run,
        env: { TMPDIR: '/dev/null' },
        codes: [1, 5],
      },
    ];
  },
};
