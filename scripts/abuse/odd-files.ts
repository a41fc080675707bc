import { mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { AbuseCase, AbuseKind } from './abuse-case.ts';
import { image } from './archives.ts';
import { make, write } from './files.ts';

/** Commands that are given a file or a directory: each takes the word and makes its own of it. */
const uses: Record<string, (file: string, other: string) => string[]> = {
  diagnose: (file) => ['diagnose', file],
  autopsy: (file) => ['autopsy', file],
  'autopsy --console': (file, other) => ['autopsy', other, '--console', file],
  'preflight --kernel': (file, other) => ['preflight', '--kernel', file, '--initrd', other],
  'preflight --initrd': (file, other) => ['preflight', '--kernel', other, '--initrd', file],
  'check --kexec-tools': (file, other) => [
    'check',
    '--kernel',
    other,
    '--initrd',
    other,
    '--kexec-tools',
    file,
  ],
  'run SCENARIO': (file) => ['run', `${file}.yaml`],
  'list --scenarios': (file) => ['list', '--scenarios', file],
  'a file in --scenarios': (file) => ['list', '--scenarios', `${file}.d`],
  merge: (file) => ['merge', file],
  'events.jsonl of merge': (file) => ['merge', `${file}.run`],
  'compare, the first': (file, other) => ['compare', file, other],
  'compare, the second': (file, other) => ['compare', other, file],
  'report.json of compare': (file) => ['compare', `${file}.run`, `${file}.run`],
  'baseline accept': (file) => ['baseline', 'accept', file],
  'check --against': (file) => ['check', '--kernel', 'debian:sid', '--against', file],
  rewind: (file) => ['rewind', file],
  'recording.json of rewind': (file) => ['rewind', `${file}.run`],
};

/** Files that are none: nobody may wait for them, read them for ever, or speak of them in the operating system's words. */
export const oddFiles: AbuseKind = {
  name: 'odd files',
  make({ directory }) {
    const odd: Record<string, string> = {
      fifo: join(directory, 'fifo'),
      socket: join(directory, 'socket'),
      directory: join(directory, 'directory'),
      zero: '/dev/zero',
      urandom: '/dev/urandom',
      loop: join(directory, 'loop'),
      missing: join(directory, 'missing'),
      'below a file': join(directory, 'plain', 'below'),
      'long name': join(directory, 'x'.repeat(300)),
      'link to zero': join(directory, 'link'),
      'process memory': '/proc/self/mem',
      terminal: '/dev/tty',
    };
    make('mkfifo', join(directory, 'fifo'));
    const server = createServer().listen(join(directory, 'socket'));
    server.unref();
    mkdirSync(join(directory, 'directory'));
    symlinkSync('loop', join(directory, 'loop'));
    symlinkSync('/dev/zero', join(directory, 'link'));
    const plain = write(directory, 'plain', image());
    const cases: AbuseCase[] = [];
    for (const [what, target] of Object.entries(odd)) {
      // Some commands want a name of a certain form: a link that has it, to the odd file.
      const named = join(directory, `named ${what}`);
      mkdirSync(`${named}.run`);
      mkdirSync(`${named}.d`);
      for (const link of [
        '.yaml',
        '.run/events.jsonl',
        '.run/report.json',
        '.run/recording.json',
        '.d/a.yaml',
      ])
        symlinkSync(target, `${named}${link}`);
      for (const [use, words] of Object.entries(uses)) {
        const isForm = words('', '').some((word) => word.startsWith('.'));
        // A directory without scenarios is one that has none yet. What cannot be read may be the host's trouble.
        const empty = use === 'list --scenarios' && what === 'directory';
        const codes = empty ? [0] : what === 'process memory' ? [2, 5] : [2];
        cases.push({
          name: `${use}: ${what}`,
          words: words(isForm ? named : target, plain),
          codes,
        });
      }
    }
    return cases;
  },
};
