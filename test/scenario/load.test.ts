import { join } from 'node:path';
import t from 'tap';
import type { Catalogue } from '../../src/scenario/check.ts';
import { loadScenario, loadScenarios } from '../../src/scenario/load.ts';
import { catalogue, least, refusedAt, writeFiles, machine } from './files.ts';

t.test('a file that says the least gets the defaults', (t) => {
  const directory = writeFiles(t, { 'plain.yaml': least });
  const file = join(directory, 'plain.yaml');
  const setup = {
    kernel: 'provider-kernel',
    initramfs: 'provider-initramfs',
    disk: 'mini-disk',
    storage: 'virtio',
    readOnly: false,
    cmdline: 'root=/dev/vda',
    tags: {},
    metadata: {},
    onReset: 'exit',
  };
  const rest = {
    steps: [],
    expect: { outcome: 'booted' },
    limits: { total: 300, silence: 60 },
    lines: { outcome: 4 },
  };
  t.strictSame(loadScenario(file, catalogue), {
    name: 'plain',
    title: 'A title',
    story: 'A story.',
    file,
    labels: [],
    arches: ['aarch64', 'arm'],
    perArch: {
      aarch64: { setup: { ...setup, machine: 'aarch64' }, ...rest },
      arm: { setup: { ...setup, machine: 'arm' }, ...rest },
    },
  });
  t.end();
});

t.test('each part of an expectation knows the line it is written in', (t) => {
  const directory = writeFiles(t, {
    'lines.yaml': `title: A title
story: A story.
arch: [aarch64, arm]
expect:
  outcome: booted
  captures:
    host: a
per-arch:
  arm:
    expect:
      outcome: booted
      generation: 2
      captures: { release: x }
`,
  });
  const { perArch } = loadScenario(join(directory, 'lines.yaml'), catalogue);
  t.strictSame(perArch.aarch64?.lines, { outcome: 5, 'captures.host': 7 });
  t.strictSame(perArch.arm?.lines, {
    outcome: 11,
    generation: 12,
    'captures.host': 7,
    'captures.release': 13,
  });
  t.end();
});

t.test('per-arch is laid over the common part, key by key', (t) => {
  const directory = writeFiles(t, {
    'kernels/mine': 'a kernel',
    'sub/over.yaml': `${least}
boot:
  kernel: { file: ../kernels/mine }
  tags: { KEXEC_KERNEL: /vmlinuz, KEXEC_APPEND: root=/dev/vda1 }
limits: { total: 100 }
per-arch:
  arm:
    boot:
      kernel: old-kernel
      disk: null
      on-reset: reboot
      tags: { KEXEC_APPEND: root=/dev/vda, KEXEC_LAB_FLAGS: --image-size=67108864 }
    expect: { outcome: root-mount-failed, generation: 2, captures: { device: /dev/vda } }
    limits: { silence: 20 }
`,
  });
  const { perArch } = loadScenario(join(directory, 'sub/over.yaml'), catalogue);
  t.match(perArch.aarch64, {
    setup: { kernel: { file: join(directory, 'kernels/mine') }, disk: 'mini-disk' },
    expect: { outcome: 'booted', generation: undefined, captures: undefined },
    limits: { total: 100, silence: 60 },
  });
  t.strictSame(Object.entries(perArch.aarch64?.setup.tags ?? {}), [
    ['KEXEC_KERNEL', '/vmlinuz'],
    ['KEXEC_APPEND', 'root=/dev/vda1'],
  ]);
  t.match(perArch.arm, {
    setup: { kernel: 'old-kernel', disk: null, onReset: 'reboot' },
    expect: { outcome: 'root-mount-failed', generation: 2, captures: { device: '/dev/vda' } },
    limits: { total: 100, silence: 20 },
  });
  t.strictSame(Object.entries(perArch.arm?.setup.tags ?? {}), [
    ['KEXEC_KERNEL', '/vmlinuz'],
    ['KEXEC_APPEND', 'root=/dev/vda'],
    ['KEXEC_LAB_FLAGS', '--image-size=67108864'],
  ]);
  t.end();
});

t.test('every problem of a file is named at its place', (t) => {
  const directory = writeFiles(t, {
    'bad.yaml': `title: A title
storry: A story.
labels: [quick, quick, 'No Way']
arch: [aarch64, amr]
boot:
  kernel: 5
  initrd: provider-initramfs
  tags: { kexec: /vmlinuz, KEXEC_APPEND: 1 }
  on-reset: stop
expect: { outcome: bye-hnag }
limits: { total: -1, silence: no }
per-arch:
  arm: { boot: { tagss: {} } }
`,
  });
  t.strictSame(
    refusedAt(directory, () => loadScenario(join(directory, 'bad.yaml'), catalogue)),
    [
      'bad.yaml:1:1 story',
      'bad.yaml:2:1 storry story',
      'bad.yaml:3:9 labels',
      'bad.yaml:3:24 labels.2',
      'bad.yaml:4:17 arch.1 amr arm',
      'bad.yaml:6:11 boot.kernel',
      'bad.yaml:7:3 boot initrd',
      'bad.yaml:8:11 boot.tags.kexec',
      'bad.yaml:8:42 boot.tags.KEXEC_APPEND',
      'bad.yaml:9:13 boot.on-reset stop',
      'bad.yaml:10:20 expect.outcome bye-hnag bye-hang',
      'bad.yaml:11:18 limits.total',
      'bad.yaml:11:31 limits.silence',
      'bad.yaml:13:18 per-arch.arm.boot tagss tags',
    ],
  );
  t.end();
});

t.test('names, files and expectations are checked once the shape is right', (t) => {
  const directory = writeFiles(t, {
    'names.yaml': `title: A title
story: A story.
arch: [aarch64]
boot:
  machine: scaleway-c2
  kernel: mini-disk
  initramfs: { file: none.cpio }
expect: { outcome: bye-hang, root: /dev/vda1 }
limits: { total: 10, silence: 20 }
per-arch:
  aarch64: { boot: { disk: big-disk } }
  arm: { limits: { total: 20 } }
`,
  });
  t.strictSame(
    refusedAt(directory, () => loadScenario(join(directory, 'names.yaml'), catalogue)),
    [
      'names.yaml:5:12 boot.machine scaleway-c2 scaleway-c1',
      'names.yaml:6:11 boot.kernel mini-disk',
      'names.yaml:7:14 boot.initramfs',
      'names.yaml:8:36 expect.root',
      'names.yaml:9:31 limits.silence',
      'names.yaml:11:28 boot.disk big-disk',
      'names.yaml:12:3 per-arch arm',
    ],
  );
  t.end();
});

t.test('a problem of the common part is named once, not once per architecture', (t) => {
  const directory = writeFiles(t, { 'twice.yaml': `${least}boot: { machine: vax }\n` });
  t.strictSame(
    refusedAt(directory, () => loadScenario(join(directory, 'twice.yaml'), catalogue)),
    ['twice.yaml:5:18 boot.machine vax'],
  );
  t.end();
});

t.test(
  'a machine without firmware needs a kernel, and one that finds its own is given nothing',
  (t) => {
    const ofArm = least.replace('[aarch64, arm]', '[arm]');
    const told = (boot: string): string[] => {
      const file = boot.includes('uefi-arm') ? ofArm : least;
      const directory = writeFiles(t, { 'uefi.yaml': `${file}boot: ${boot}\n` });
      return refusedAt(directory, () => loadScenario(join(directory, 'uefi.yaml'), catalogue));
    };
    t.match(told('{ kernel: null }'), [
      'uefi.yaml:5:17 boot.kernel aarch64',
      'uefi.yaml:5:17 boot.kernel arm',
    ]);
    t.same(told('{ machine: uefi-arm, kernel: null }'), ['nothing was refused']);
    t.same(told('{ machine: uefi-arm, kernel: null, cmdline: quiet }'), [
      'uefi.yaml:5:51 boot.cmdline',
    ]);
    t.same(told('{ machine: uefi-arm, kernel: null, initramfs: provider-initramfs }'), [
      'uefi.yaml:5:53 boot.initramfs',
    ]);
    const directory = writeFiles(t, {
      'first.yaml': `${ofArm.replace('booted', 'booted, release: first')}boot: { machine: uefi-arm, kernel: null }\n`,
    });
    t.match(
      refusedAt(directory, () => loadScenario(join(directory, 'first.yaml'), catalogue)),
      ['first.yaml:4:37 expect.release'],
    );
    t.end();
  },
);

t.test('machines, recipes and the second kernel may be files beside the scenario', (t) => {
  const directory = writeFiles(t, {
    'machines/mine.yaml': '',
    'initrd.img': '',
    'own/outside.yaml': `title: A title
story: A story.
arch: [aarch64]
boot:
  machine: { file: ../machines/mine.yaml }
  disk: { recipe: my-disk.yaml }
  second-kernel: { kernel: 'a.deb,b.deb', initramfs: ../initrd.img, kexec-tools: debian:sid }
expect: { outcome: booted }
`,
    'own/my-disk.yaml': '',
  });
  const wide: Catalogue = {
    ...catalogue,
    machines: {
      keys: () => [],
      get: () => machine({ arch: 'aarch64' }),
    },
    isRecipe: () => true,
    secondKernelTrouble: () => null,
  };
  const file = join(directory, 'own/outside.yaml');
  t.match(loadScenario(file, wide).perArch.aarch64?.setup, {
    machine: join(directory, 'machines/mine.yaml'),
    disk: join(directory, 'own/my-disk.yaml'),
    secondKernel: {
      kernel: `${join(directory, 'own/a.deb')},${join(directory, 'own/b.deb')}`,
      initrd: join(directory, 'initrd.img'),
      kexecTools: 'debian:sid',
    },
  });
  t.end();
});

t.test('files that are missing, and a second kernel that fits no disk, are named', (t) => {
  const told = (boot: string): string[] => {
    const text = `${least.replace('[aarch64, arm]', '[aarch64]')}boot: ${boot}\n`;
    const directory = writeFiles(t, { 'odd.yaml': text });
    return refusedAt(directory, () => loadScenario(join(directory, 'odd.yaml'), catalogue));
  };
  t.same(told('{ machine: { file: no.yaml } }'), ['odd.yaml:5:18 boot.machine']);
  t.same(told('{ disk: { recipe: no.yaml } }'), ['odd.yaml:5:15 boot.disk']);
  t.same(told('{ machine: scaleway-c1 }'), ['odd.yaml:5:18 boot.machine scaleway-c1']);
  t.same(told("{ second-kernel: 'debian:' }"), ['odd.yaml:5:24 boot.second-kernel']);
  t.match(told("{ disk: null, second-kernel: 'debian:sid' }"), [/boot.second-kernel$/]);
  t.match(told('{ second-kernel: { initramfs: x } }'), [/boot\.second-kernel/]);
  t.same(told("{ second-kernel: 'debian:sid' }"), ['nothing was refused']);
  t.end();
});

t.test('a proof is read, and one that would prove nothing is refused at its place', (t) => {
  const load = (expect: string, more = ''): string[] => {
    const file = `title: A title\nstory: A story.\narch: [aarch64]\nexpect: ${expect}\n${more}`;
    const directory = writeFiles(t, { 'proof.yaml': file });
    return refusedAt(directory, () => loadScenario(join(directory, 'proof.yaml'), catalogue));
  };
  const fine = ['nothing was refused'];
  t.same(load('{ outcome: booted, generation: 2, proof: login }'), fine);
  t.same(load('{ outcome: booted, generation: 2, proof: { run: uname -r } }'), fine);
  t.match(load('{ outcome: booted, proof: login }'), ['proof.yaml:4:35 expect.proof']);
  t.match(load('{ outcome: bye-hang, generation: 1, proof: login }'), [/ expect\.proof$/]);
  t.match(load('{ outcome: booted, generation: 2, proof: login, root: /dev/vda1 }'), [
    / expect\.root$/,
  ]);
  t.match(
    load('{ outcome: booted, generation: 2, proof: login }', 'boot: { on-reset: reboot }\n'),
    [/ expect\.proof$/],
  );
  const noDisk = 'boot: { disk: null }\n';
  t.match(load('{ outcome: booted, generation: 2, proof: { run: uname -r } }', noDisk), [
    / expect\.proof$/,
  ]);
  t.same(
    load('{ outcome: booted, generation: 2, proof: { run: uname -r, output: "6.1" } }', noDisk),
    fine,
  );
  t.match(load('{ outcome: booted, generation: 2, proof: { ssh: uname -r } }'), [
    / steps aarch64$/,
  ]);
  t.match(load('{ outcome: booted, generation: 2, proof: hearsay }'), [/ expect\.proof$/]);
  t.match(load('{ outcome: booted, generation: 2, proof: { run: a, ssh: b } }'), [
    / expect\.proof$/,
  ]);
  t.end();
});

t.test('a proof by command is the last step, in the generation that is expected', (t) => {
  const directory = writeFiles(t, {
    'proof.yaml': `title: A title
story: A story.
arch: [aarch64]
steps: [{ wait: login-prompt }]
expect:
  outcome: booted
  generation: 2
  proof: { run: uname -r }
`,
  });
  const file = join(directory, 'proof.yaml');
  const plan = loadScenario(file, catalogue).perArch.aarch64;
  t.strictSame(plan?.proof, { by: 'run', command: 'uname -r', output: null });
  t.strictSame(plan?.expect, { outcome: 'booted', generation: 2 });
  t.strictSame(plan?.steps[1], {
    ...{ do: 'prove', by: 'run', command: 'uname -r', generation: 2 },
    place: `${file}:8`,
  });
  t.end();
});

t.test('what is not YAML at all', (t) => {
  const cases: [content: string | Uint8Array, message: string][] = [
    ['', ':1:1'],
    ['- a\n', ':1:1'],
    ['title: a\ntitle: b\n', ':2:1'],
    ['a: 1\n---\nb: 2\n', ':2:1'],
    ['a:\n  b: 1\n\tc: 2\n  d: 3\n', ':3:1'],
    ['a: [[\n', ':2:1'],
    ['? [a]\n: 1\n', ':1:3'],
    ['story: !!js/function x\n', ':1:8'],
    [Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0xff), ''],
    ['#'.repeat(1024 * 1024 + 1), ''],
  ];
  for (const [content, message] of cases) {
    const directory = writeFiles(t, { 'odd.yaml': content });
    t.strictSame(
      refusedAt(directory, () => loadScenario(join(directory, 'odd.yaml'), catalogue)),
      [`odd.yaml${message}`],
    );
  }
  t.end();
});

t.test('brackets in brackets without end are refused, and as one mistake', (t) => {
  const directory = writeFiles(t, { 'deep.yaml': `a: ${'['.repeat(10_000)}` });
  t.match(
    refusedAt(directory, () => loadScenario(join(directory, 'deep.yaml'), catalogue)),
    [/^deep\.yaml:1:\d+$/],
  );
  t.end();
});

t.test('aliases that would grow without bound are refused', (t) => {
  const levels = Array.from({ length: 9 }, (_, level) => {
    const inner = level === 0 ? 'x' : `*a${level - 1}`;
    return `a${level}: &a${level} [${Array(9).fill(inner).join(', ')}]`;
  });
  const directory = writeFiles(t, { 'bomb.yaml': `${levels.join('\n')}\n` });
  t.match(
    refusedAt(directory, () => loadScenario(join(directory, 'bomb.yaml'), catalogue)),
    ['bomb.yaml:1:1'],
  );
  t.end();
});

t.test('file names that cannot be names', (t) => {
  for (const name of ['all', 'Upper', 'a--b', 'a b', '-a']) {
    const directory = writeFiles(t, { [`${name}.yaml`]: least });
    t.match(
      refusedAt(directory, () => loadScenario(join(directory, `${name}.yaml`), catalogue)),
      [new RegExp(`^${name}\\.yaml\\b`)],
    );
  }
  t.end();
});

t.test('many files: sorted by name, problems of all, a file reached twice counts once', (t) => {
  const directory = writeFiles(t, {
    'own/b.yaml': least,
    'own/a.yaml': least,
    'own/notes.txt': 'not a scenario',
    'other/c.yml': least,
    'other/a.yaml': least,
    'broken/d.yaml': 'title: 1\n',
    'broken/e.yaml': 'arch: []\n',
  });
  const own = join(directory, 'own');
  const names = loadScenarios(
    { directories: [own], files: [join(own, 'a.yaml'), join(directory, 'other/c.yml')] },
    catalogue,
  ).map(({ name }) => name);
  t.strictSame(names, ['a', 'b', 'c']);
  t.strictSame(
    refusedAt(directory, () =>
      loadScenarios({ directories: [own, join(directory, 'other')] }, catalogue),
    ),
    ['other/a.yaml a'],
  );
  const problems = refusedAt(directory, () =>
    loadScenarios({ directories: [join(directory, 'broken')] }, catalogue),
  );
  t.ok(problems.includes('broken/d.yaml:1:8 title'));
  t.ok(problems.includes('broken/e.yaml:1:7 arch'));
  t.end();
});

t.test('where scenarios are named, the others are not read', (t) => {
  const directory = writeFiles(t, { 'own/a.yaml': least, 'own/b.yaml': 'title: 1\n' });
  const directories = [join(directory, 'own')];
  const load = (wanted: string[]) =>
    loadScenarios({ directories, wanted }, catalogue).map(({ name }) => name);
  t.strictSame(load(['a']), ['a']);
  for (const wanted of [['b'], ['a', 'quick'], ['a*'], ['all'], []])
    t.throws(() => load(wanted), { exitCode: 2, message: /b\.yaml:1/ }, wanted.join(' '));
  t.end();
});

t.test('files and directories that are not there', (t) => {
  const directory = writeFiles(t, { file: '' });
  const load = (source: Parameters<typeof loadScenarios>[0]) =>
    refusedAt(directory, () => loadScenarios(source, catalogue));
  t.strictSame(load({ files: [join(directory, 'none.yaml')] }), ['none.yaml']);
  t.strictSame(load({ directories: [join(directory, 'none')] }), ['none']);
  t.strictSame(load({ directories: [join(directory, 'file')] }), ['file']);
  t.end();
});

t.test(
  'the comparison with a captured server is read, and a mistake in it is named at its place',
  (t) => {
    const load = (line: string) => {
      const text = `${least}server:\n  likeness:\n    - ${line}\n`;
      const directory = writeFiles(t, { 'web1.yaml': text });
      const read = () => loadScenario(join(directory, 'web1.yaml'), catalogue).server;
      return { read, refused: () => refusedAt(directory, read) };
    };
    const likeness = [{ how: 'not here', what: 'Secure Boot', detail: 'unchecked', matters: true }];
    const line = '{ how: not here, what: Secure Boot, detail: unchecked, matters: true }';
    t.strictSame(load(line).read(), { likeness });
    const wrong = (from: string, to: string) => load(line.replace(from, to)).refused();
    t.match(wrong('not here', 'nowhere'), [/^web1\.yaml:7:14 server\.likeness\.0\.how\b/]);
    t.match(wrong('Secure Boot', '""'), [/^web1\.yaml:7:30 server\.likeness\.0\.what\b/]);
    t.match(wrong('unchecked', '"a\\nb"'), [/^web1\.yaml:7:51 server\.likeness\.0\.detail\b/]);
    t.match(wrong('true', 'maybe'), [/^web1\.yaml:7:71 server\.likeness\.0\.matters\b/]);
    t.match(wrong('matters', 'maters'), [/likeness\.0 matters$/, /likeness\.0 maters\b/]);
    t.end();
  },
);
