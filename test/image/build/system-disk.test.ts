import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { buildSystemDisk } from '../../../src/image/build/system.ts';
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
