import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { result, wholeRun } from '../../test/report/events.ts';
import type { AbuseCase, AbuseKind } from './abuse-case.ts';
import { deb, besidesKernel, image } from './archives.ts';
import { make, write } from './files.ts';

/** Caches and outputs in places that can never be made. */
export const places: AbuseKind = {
  name: 'places',
  make({ directory }) {
    const file = write(directory, 'file', 'x');
    symlinkSync('loop', join(directory, 'loop'));
    symlinkSync('/nonexistent/below', join(directory, 'dangling'));
    make('mkfifo', join(directory, 'fifo'));
    mkdirSync(join(directory, 'locked'));
    chmodSync(join(directory, 'locked'), 0o500);
    const impossible: Record<string, string> = {
      'below a file': join(file, 'below'),
      'a file': file,
      '/proc': '/proc/x/y',
      '/sys': '/sys/kexec-lab',
      'a loop of links': join(directory, 'loop'),
      'below a loop of links': join(directory, 'loop', 'x'),
      'below a dangling link': join(directory, 'dangling', 'x'),
      'a name too long': join(directory, 'x'.repeat(300)),
      'a path too long': join(directory, 'x/'.repeat(3000)),
      'a device': '/dev/null',
      'below a device': '/dev/null/x',
      'a FIFO': join(directory, 'fifo'),
    };
    const isRoot = process.getuid?.() === 0;
    if (!isRoot) impossible['a locked directory'] = join(directory, 'locked', 'x');
    const package_ = write(
      directory,
      'fine.deb',
      deb([{ name: './boot/vmlinuz-6.9-test', content: image() }, ...besidesKernel]),
    );
    const kernel = write(directory, 'kernel', image(64));
    const initrd = write(
      directory,
      'initrd',
      Buffer.from('1f8b0800000000000003030000000000000000', 'hex'),
    );
    const scenario = write(
      directory,
      'mine.yaml',
      `title: A title\nstory: A story.\narch: [aarch64]\nboot: { kernel: { file: ${kernel} }, initramfs: { file: ${initrd} }, disk: null }\nexpect: { outcome: booted }\nlimits: { total: 5, silence: 2 }\n`,
    );
    const events = wholeRun([result('a', 'arm')]);
    const end = events.at(-1);
    const report = end?.type === 'run-finished' ? end.report : undefined;
    const environment = { at: 3, type: 'environment', environment: report?.environment };
    const run = join(directory, 'run');
    write(
      run,
      'events.jsonl',
      [...events.slice(0, -1), environment, end]
        .map((event) => `${JSON.stringify(event)}\n`)
        .join(''),
    );
    write(run, 'report.json', JSON.stringify(report));
    const cases: AbuseCase[] = [];
    for (const [what, place] of Object.entries(impossible)) {
      cases.push(
        {
          name: `--out of run: ${what}`,
          words: ['run', scenario, '--no-checkpoint', '--out', place],
          codes: [2, 5],
          says: /\n {2}\S/,
        },
        {
          name: `--out of merge: ${what}`,
          words: ['merge', run, '--out', place],
          codes: [2, 5],
          says: /\n {2}\S/,
        },
        {
          name: `cache of preflight: ${what}`,
          words: ['preflight', '--kernel', package_],
          env: { KEXEC_LAB_CACHE: place },
          codes: [2, 5],
          says: /\n {2}\S/,
        },
        {
          name: `cache of images build: ${what}`,
          words: ['images', 'build', 'mini-disk', '--arch', 'arm'],
          env: { KEXEC_LAB_CACHE: place },
          codes: [2, 5],
        },
        {
          name: `cache of images list: ${what}`,
          words: ['images', 'list'],
          env: { KEXEC_LAB_CACHE: place },
          codes: [0, 2, 5],
        },
        {
          name: `XDG cache: ${what}`,
          words: ['preflight', '--kernel', package_],
          env: { KEXEC_LAB_CACHE: '', XDG_CACHE_HOME: place },
          codes: [2, 5],
        },
      );
      // A report may well be written into a device, and a baseline replaces a file.
      if (what === 'a file' || what === 'a device') continue;
      cases.push(
        {
          name: `--out of baseline: ${what}`,
          words: ['baseline', 'accept', run, '--out', place],
          codes: [2, 5],
          says: /\n {2}\S/,
        },
        {
          name: `--markdown: ${what}`,
          words: ['compare', run, run, '--markdown', place],
          codes: [2, 5],
        },
        {
          name: `a reporter's file: ${what}`,
          words: ['merge', run, '--reporter', `json=${place}`],
          codes: [2, 5],
        },
      );
    }
    return cases;
  },
};
