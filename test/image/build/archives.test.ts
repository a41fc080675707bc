import { chmodSync, chownSync, existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import t from 'tap';
import { initramfsTrouble } from '../../../src/formats/initramfs.ts';
import { writeDisk } from '../../../src/image/build/disk-image.ts';
import { packCpio, moduleName, parseModulesDep } from '../../../src/image/build/file-tree.ts';

/** A tree whose files, where the test may do that, belong to somebody who is not root. */
function someTree(directory: string): string {
  const tree = join(directory, 'tree');
  writeFileSync(join(tree, 'init'), '#!/bin/sh\n');
  chmodSync(join(tree, 'init'), 0o755);
  symlinkSync('init', join(tree, 'a link'));
  if (process.getuid?.() === 0)
    for (const name of ['init', 'etc']) chownSync(join(tree, name), 1234, 1234);
  return tree;
}

t.test('an initramfs belongs to root and has everything', async (t) => {
  const directory = t.testdir({ tree: { etc: { passwd: 'root' } } });
  const file = join(directory, 'initramfs.cpio');
  await packCpio(someTree(directory), file, undefined);
  t.equal(await initramfsTrouble(file), null);
  const { stdout } = await execa('cpio', ['-itvn', '--quiet'], { inputFile: file });
  const lines = stdout.split('\n').map((line) => line.split(/\s+/));
  t.same(
    lines.map(([, , uid, gid]) => `${uid}:${gid}`),
    lines.map(() => '0:0'),
  );
  t.same(
    lines.map((words) => words.slice(8).join(' ')),
    ['.', 'a link -> init', 'etc', 'etc/passwd', 'init'],
  );
  t.match(stdout, /^-rwxr-xr-x .* init$/m);
});

t.test(
  'a disk has a partition named root, in whose sound file system everything belongs to root',
  async (t) => {
    const directory = t.testdir({ tree: { etc: { passwd: 'root' } } });
    const file = join(directory, 'disk.img');
    await writeDisk(file, someTree(directory), 16, undefined);
    const { stdout: table } = await execa('/usr/sbin/sfdisk', ['--dump', file]);
    t.match(table, /^label: gpt$/m);
    t.match(table, /start= +2048, size= +28672, type=0FC63DAF.*name="root"/);
    const partition = `${file}?offset=1048576`;
    const debugfs = async (command: string) =>
      (await execa('/usr/sbin/debugfs', ['-R', command, partition])).stdout;
    await execa('/usr/sbin/e2fsck', ['-fn', partition]);
    for (const name of ['', 'init', 'etc', 'etc/passwd', 'a link'])
      t.match(await debugfs(`stat "/${name}"`), /User: +0 +Group: +0 /, name);
    t.equal(await debugfs('cat /etc/passwd'), 'root');
  },
);

t.test('a tree that does not fit is a problem of the lab', async (t) => {
  const directory = t.testdir({ tree: { etc: {}, big: Buffer.alloc(20 * 2 ** 20, 1) } });
  const file = join(directory, 'disk.img');
  await t.rejects(writeDisk(file, someTree(directory), 16, undefined), {
    message: /^mke2fs\b/,
    exitCode: 5,
  });
  t.ok(existsSync(file));
});

t.test('modules and what they depend on', (t) => {
  t.same(
    parseModulesDep('kernel/a.ko:\nkernel/b.ko.xz: kernel/a.ko kernel/c.ko\n\n'),
    new Map([
      ['kernel/a.ko', []],
      ['kernel/b.ko.xz', ['kernel/a.ko', 'kernel/c.ko']],
    ]),
  );
  t.equal(moduleName('kernel/drivers/virtio-pci.ko.xz'), 'virtio_pci');
  t.equal(moduleName('virtio_pci'), 'virtio_pci');
  t.end();
});
