import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { execa } from 'execa';
import type { PartitionRecipe } from '../../../src/image/recipes/disk-layout.ts';
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
