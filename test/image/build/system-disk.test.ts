import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { execa } from 'execa';
import type { PartitionRecipe } from '../../../src/image/recipes/disk-layout.ts';
import type { SystemDiskRecipe } from '../../../src/image/recipes/recipe.ts';
import { systemKernels } from '../../../src/image/recipes/recipe.ts';
import { toolEnvironment } from '../../../src/host/processes.ts';
import { buildSystemDisk } from '../../../src/image/build/system-disk.ts';
import { writeTar, type TarEntry } from '../../formats/tar-file.ts';
import { sameFiles } from '../same-files.ts';
import { readDiskFiles } from './disk-files.ts';

const capability = Buffer.from('0100000200e00000' + '0'.repeat(24), 'hex');

function entry(type: TarEntry['type'], name: string, some: Partial<TarEntry> = {}): TarEntry {
  const mode = type === 'directory' ? 0o755 : 0o644;
  const content = Buffer.alloc(0);
  return { name, type, mode, uid: 0, gid: 0, target: '', xattrs: {}, content, ...some };
}

/** All that is hard to keep for whoever is not root. */
const system: TarEntry[] = [
  entry('directory', ''),
  entry('directory', 'etc'),
  entry('file', 'etc/shadow-', { mode: 0, content: Buffer.from('nobody may read this') }),
  entry('file', 'etc/shadow', { mode: 0o640, gid: 42 }),
  entry('file', 'etc/owned', { uid: 65_534, gid: 100 }),
  entry('directory', 'closed', { mode: 0 }),
  entry('file', 'closed/inside', { mode: 0o400, uid: 7 }),
  entry('directory', 'tmp', { mode: 0o1777 }),
  entry('directory', 'usr'),
  entry('directory', 'usr/bin'),
  entry('file', 'usr/bin/su', { mode: 0o4755, content: Buffer.from('su') }),
  entry('file', 'usr/bin/ping', { mode: 0o755, xattrs: { 'security.capability': capability } }),
  entry('link', 'usr/bin/ping6', { mode: 0o755, target: './usr/bin/ping' }),
  entry('symlink', 'usr/bin/p', { mode: 0o777, target: 'ping', uid: 3 }),
  entry('file', 'etc/a name', { mode: 0o2711, content: Buffer.from('x') }),
];

for (const umask of [0o077, 0o000])
  t.test(`a disk has its system's files as they are (umask ${umask.toString(8)})`, async (t) => {
    const directory = t.testdir({ scratch: {}, output: {}, system: {} });
    writeFileSync(join(directory, 'system/rootfs.tar'), writeTar(system));
    const disk = join(directory, 'output/disk.img');
    const before = process.umask(umask);
    t.teardown(() => process.umask(before));
    await buildSystemDisk(
      { kind: 'disk', system: 'some-system', size: 32, overlays: ['debian-boot-sh'], links: {} },
      contextIn(directory),
    );
    t.same(await sameFiles(disk, readFileSync(join(directory, 'system/rootfs.tar'))), []);
    const [own, made] = (await readDiskFiles(disk, ['boot.sh', 'etc/shadow-'])).values();
    t.match(own, { mode: 0o755, uid: 0, gid: 0 }, 'an overlay has modes of its own');
    t.match(made, { mode: 0 });
  });

t.test('a link of the recipe and a directory of an overlay stay as they are meant', async (t) => {
  const directory = t.testdir({ scratch: {}, output: {}, system: {} });
  writeFileSync(join(directory, 'system/rootfs.tar'), writeTar(system));
  await buildSystemDisk(
    {
      kind: 'disk',
      system: 'some-system',
      size: 32,
      overlays: [],
      links: { '/etc/owned': ['/closed/link', '/new/place/link'] },
    },
    contextIn(directory),
  );
  const disk = join(directory, 'output/disk.img');
  const files = await readDiskFiles(disk, ['closed', 'new/place', 'new/place/link']);
  t.match(files.get('closed'), { mode: 0 }, 'a directory that is there keeps its mode');
  t.match(files.get('new/place'), { mode: 0o755, uid: 0 });
  t.match(files.get('new/place/link'), { type: 'symlink' });
});

t.test(
  'several partitions have their UUIDs and labels, and each the files below its mount point',
  async (t) => {
    const directory = t.testdir({ scratch: {}, output: {}, system: {} });
    const boot = [entry('directory', 'boot'), entry('directory', 'boot/efi')];
    const kernel = entry('file', 'boot/vmlinuz', { content: Buffer.from('a kernel') });
    const loader = entry('file', 'boot/efi/loader', { content: Buffer.from('a loader') });
    writeFileSync(
      join(directory, 'system/rootfs.tar'),
      writeTar([...system, ...boot, kernel, loader]),
    );
    const uuids = {
      boot: '2b0f6c11-77c2-4d0b-8b6e-90b1f3a0c222',
      root: '7f5a8d2e-1c1b-4a8e-9a53-3a2d5c0e9b11',
      part: 'BEE92381-970D-D64D-88F3-504611FC86DB',
    };
    const plain = {
      type: 'linux',
      name: '',
      partUuid: '',
      label: '',
      uuid: '',
      mount: '',
      subvolume: '',
      group: '',
    } as const;
    const partitions: PartitionRecipe[] = [
      {
        ...plain,
        size: 40,
        type: 'uefi',
        filesystem: 'vfat',
        label: 'ESP',
        uuid: '1234-ABCD',
        mount: '/boot/efi',
      },
      { ...plain, size: 2, filesystem: 'swap', label: 'swap space' },
      { ...plain, size: 24, filesystem: 'ext4', label: 'boot', uuid: uuids.boot, mount: '/boot' },
      { ...plain, size: 3, filesystem: 'none' },
      {
        ...plain,
        size: 32,
        filesystem: 'ext4',
        label: 'a root',
        uuid: uuids.root,
        mount: '/',
        name: 'system',
        partUuid: uuids.part,
      },
    ];
    await buildSystemDisk(
      {
        ...{ kind: 'disk', system: 'some-system', size: 103, overlays: [], links: {} },
        partitions: { table: 'gpt', list: partitions, volumes: [] },
      },
      contextIn(directory),
    );
    const disk = join(directory, 'output/disk.img');
    t.equal(statSync(disk).size, 103 * 2 ** 20, 'nothing is written behind the last partition');
    const { stdout: table } = await execa('sfdisk', ['--dump', disk], { env: toolEnvironment() });
    t.match(table, new RegExp(`name="system".*${uuids.part}|${uuids.part}.*name="system"`));
    const offsets = [1, 41, 43, 67, 70].map((mebibytes) => mebibytes * 2 ** 20);
    const describe = async (offset = 0) =>
      (
        await execa('blkid', ['--probe', '--offset', String(offset), disk], {
          reject: false,
          env: toolEnvironment(),
        })
      ).stdout;
    t.match(await describe(offsets[0]), /LABEL="ESP".*UUID="1234-ABCD".*TYPE="vfat"/);
    t.match(await describe(offsets[1]), /LABEL="swap space".*TYPE="swap"/);
    t.match(
      await describe(offsets[2]),
      new RegExp(`LABEL="boot".*UUID="${uuids.boot}".*TYPE="ext4"`),
    );
    t.match(
      await describe(offsets[4]),
      new RegExp(`LABEL="a root".*UUID="${uuids.root}".*TYPE="ext4"`),
    );
    const names = async (offset = 0, of = '/') =>
      (
        await execa('debugfs', ['-R', `ls -p ${of}`, `${disk}?offset=${offset}`], {
          env: toolEnvironment(),
        })
      ).stdout;
    t.match(await names(offsets[2]), /\/vmlinuz\//);
    t.match(await names(offsets[4]), /\/etc\//);
    t.notMatch(await names(offsets[4], '/boot'), /vmlinuz/, 'a mount point is empty');
    const esp = await execa('mdir', ['-b', '-i', `${disk}@@${offsets[0]}`, '::']);
    t.match(esp.stdout, /loader/);
  },
);

t.test('files that the user brings are on the disk, with the kernel of a candidate', async (t) => {
  const directory = t.testdir({ scratch: {}, output: {}, system: {} });
  const shadow = entry('file', 'etc/shadow', {
    ...{ mode: 0o640, gid: 42 },
    content: Buffer.from('root:!*:20786::::::\nsystemd-network:!*:20786::::::\n'),
  });
  const console = entry('file', 'dev/console', { content: Buffer.from('of another system') });
  const own = [...system.filter(({ name }) => name !== 'etc/shadow'), shadow];
  const root = writeRoot(
    directory,
    gzipSync(
      writeTar([
        ...own,
        entry('directory', 'dev'),
        console,
        entry('directory', 'usr/dev'),
        entry('file', 'usr/dev/kept'),
      ]),
    ),
  );
  const kernel = [
    ...['', 'boot', 'usr', 'usr/lib', 'usr/lib/modules', 'etc'].map((name) =>
      entry('directory', name),
    ),
    entry('file', 'boot/vmlinuz-9', { content: Buffer.from('a kernel') }),
    entry('directory', 'usr/lib/modules/9'),
    entry('file', 'usr/lib/modules/9/modules.order'),
    entry('symlink', 'vmlinuz', { target: 'boot/vmlinuz-9' }),
    entry('symlink', 'initrd.img', { target: 'boot/initrd.img-9' }),
    entry('file', 'etc/of-the-lab'),
  ];
  writeFileSync(join(directory, 'system/rootfs.tar'), writeTar(kernel));
  for (const file of ['vmlinuz', 'initrd.img']) writeFileSync(join(directory, 'system', file), '');
  await buildSystemDisk(
    {
      ...{ kind: 'disk', system: 'some-system', size: 32, overlays: [], links: {} },
      root: { ...root, compression: 'gzip' },
      kernels: { directory: systemKernels, release: 'candidate', kernel: '', initrd: '' },
    },
    contextIn(directory),
  );
  const names = ['etc/owned', 'closed/inside', 'etc/shadow', 'boot/vmlinuz-9', 'vmlinuz'];
  const others = ['usr/lib/modules/9/modules.order', 'usr/lib/kexec-lab/proof'];
  const disk = join(directory, 'output/disk.img');
  const files = await readDiskFiles(disk, [
    ...[...names, ...others, 'etc/of-the-lab', 'dev/console', 'usr/dev/kept'],
  ]);
  t.match(files.get('etc/owned'), { uid: 65_534, gid: 100 });
  t.match(files.get('closed/inside'), { mode: 0o400, uid: 7 });
  t.match(files.get('etc/shadow'), { mode: 0o640, gid: 42 });
  const { stdout } = await execa(
    'debugfs',
    ['-R', 'cat /etc/shadow', `${disk}?offset=${2 ** 20}`],
    {
      env: toolEnvironment(),
    },
  );
  t.match(stdout, /^root::20786:.*\nsystemd-network:!\*:/, 'only root needs no password');
  t.match(files.get('boot/vmlinuz-9'), { uid: 0 });
  t.match(files.get('vmlinuz'), { type: 'symlink' });
  t.match(files.get('usr/lib/kexec-lab/proof'), { mode: 0o755 });
  t.ok(files.get('usr/lib/modules/9/modules.order'));
  t.notOk(files.get('etc/of-the-lab'), 'the rest of that system is not');
  t.notOk(files.get('dev/console'), 'nor what was in /dev');
  t.ok(files.get('usr/dev/kept'), 'another directory of that name is');
});

t.test('files that the user brings cannot lead out of the disk, and must not change', async (t) => {
  const directory = t.testdir({ scratch: {}, output: {}, system: {}, escape: { systemd: {} } });
  const escape = join(directory, 'escape');
  for (const [name, target] of [
    ['etc', escape],
    ['usr', '../../../../../..'],
    ['lib/modules', escape],
  ] as const) {
    const link = entry('symlink', name, { target });
    const parents = name.includes('/') ? [entry('directory', 'lib')] : [];
    const usr = name === 'lib/modules' ? [entry('symlink', 'usr', { target: '.' })] : [];
    const root = writeRoot(directory, writeTar([entry('directory', ''), ...parents, ...usr, link]));
    rmSync(join(directory, 'scratch'), { recursive: true });
    mkdirSync(join(directory, 'scratch'));
    await t.rejects(buildSystemDisk(broughtDisk(root), contextIn(directory)), {
      name: 'UnavailableError',
      message: /^writing the disk failed: fill-disk\.sh: the system's \S+ is a link to/,
    });
  }
  t.same(readdirSync(escape, { recursive: true }), ['systemd'], 'nothing is written there');
  const root = writeRoot(directory, writeTar(system));
  writeFileSync(root.file, 'other');
  rmSync(join(directory, 'scratch'), { recursive: true });
  mkdirSync(join(directory, 'scratch'));
  await t.rejects(buildSystemDisk(broughtDisk(root), contextIn(directory)), {
    message: /root\.tar has changed/,
  });
});

/** Writes an archive that the user brings. */
function writeRoot(directory: string, content: Buffer) {
  const file = join(directory, 'root.tar');
  writeFileSync(file, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { file, sha256, compression: 'none' as const };
}

function broughtDisk(root: ReturnType<typeof writeRoot>): SystemDiskRecipe {
  return { kind: 'disk', system: 'some-system', size: 32, overlays: [], links: {}, root };
}

t.test('a system that does not fit, or is not an archive, is a problem of the lab', async (t) => {
  const directory = t.testdir({ scratch: {}, output: {}, system: {} });
  const large = entry('file', 'etc/large', { content: Buffer.alloc(20 * 2 ** 20, 1) });
  for (const [content, message] of [
    [writeTar([...system, large]), /\bmke2fs: .*(?:space|allocate)/is],
    [Buffer.from('no archive'.repeat(100)), /\btar: .*\btar archive/is],
  ] as const) {
    mkdirSync(join(directory, 'scratch', String(content.length)));
    writeFileSync(join(directory, 'system/rootfs.tar'), content);
    const context = {
      ...contextIn(directory),
      scratch: join(directory, 'scratch', String(content.length)),
    };
    const recipe = { kind: 'disk', system: 'x', size: 16, overlays: [], links: {} } as const;
    await t.rejects(buildSystemDisk({ ...recipe, overlays: [], links: {} }, context), {
      name: 'UnavailableError',
      message,
    });
  }
});

function contextIn(directory: string): Parameters<typeof buildSystemDisk>[1] {
  const unused = () => Promise.reject(new Error('nothing is downloaded'));
  const onStep = () => undefined;
  return {
    arch: 'aarch64',
    scratch: join(directory, 'scratch'),
    output: join(directory, 'output'),
    input: () => ({
      directory: join(directory, 'system'),
      manifest: {
        recipe: 'some-system',
        arch: 'aarch64',
        key: '',
        release: '6.1.0-test',
        packages: [],
        inputs: {},
        fingerprint: '',
        outputs: {},
        buildSeconds: 0,
      },
    }),
    packageOptions: {
      cache: directory,
      architecture: 'arm64',
      mirror: unused,
      onStep,
      signal: undefined,
    },
    onStep,
    signal: undefined,
  };
}
