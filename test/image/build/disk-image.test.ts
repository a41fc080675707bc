import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { Test } from 'tap';
import t from 'tap';
import { architectures } from '../../../src/arch.ts';
import { toolEnvironment } from '../../../src/host/processes.ts';
import { writeDisk, layOutEsp, writeEsp } from '../../../src/image/build/disk-image.ts';

const offset = 2 ** 20;
const env = toolEnvironment();

/** What mtools reads back. */
async function read(file: string, at: number, name: string): Promise<string> {
  const { stdout } = await execa('mtype', ['-i', `${file}@@${at}`, `::${name}`], { env });
  return stdout;
}

async function espTree(t: Test): Promise<string> {
  const directory = t.testdir({ kernel: 'K'.repeat(100_000), initrd: 'the initrd' });
  const tree = join(directory, 'esp');
  mkdirSync(join(tree, 'EFI/BOOT'), { recursive: true });
  writeFileSync(join(tree, architectures.aarch64.removableMediaLoader), 'the boot loader');
  const [kernel, initrd] = [join(directory, 'kernel'), join(directory, 'initrd')];
  await layOutEsp(tree, { kernel, initrd, cmdline: 'root=/dev/vda1' });
  return tree;
}

t.test('the files are where firmware and systemd-boot look, and only there', async (t) => {
  const tree = await espTree(t);
  const file = join(t.testdirName, 'disk');
  writeFileSync(file, Buffer.alloc(12 * 2 ** 20, 0xaa));
  await writeEsp(file, { offset, sizeMiB: 10 }, tree, undefined);
  t.equal(await read(file, offset, '/EFI/BOOT/BOOTAA64.EFI'), 'the boot loader');
  t.equal((await read(file, offset, '/debian/linux')).length, 100_000);
  t.match(await read(file, offset, '/loader/loader.conf'), 'timeout 0');
  t.match(
    await read(file, offset, '/loader/entries/debian.conf'),
    'linux /debian/linux\ninitrd /debian/initrd.img\noptions root=/dev/vda1',
  );
  const bytes = readFileSync(file);
  const untouched = Buffer.concat([bytes.subarray(0, offset), bytes.subarray(11 * 2 ** 20)]);
  t.ok(untouched.equals(Buffer.alloc(2 * 2 ** 20, 0xaa)), 'nothing around it is written');
});

t.test('the same files give the same bytes at another time', async (t) => {
  const tree = await espTree(t);
  const files = ['one', 'two'].map((name) => join(t.testdirName, name));
  for (const file of files) {
    writeFileSync(file, '');
    truncateSync(file, 9 * 2 ** 20);
    await writeEsp(file, { offset, sizeMiB: 8 }, tree, undefined);
    // FAT tells times two seconds apart.
    await sleep(2_100);
  }
  const [one, two] = files.map((file) => readFileSync(file));
  t.ok(one?.equals(two ?? Buffer.of()));
});

t.test('what does not fit is refused', async (t) => {
  const tree = await espTree(t);
  writeFileSync(join(tree, 'large'), Buffer.alloc(9 * 2 ** 20));
  const file = join(t.testdirName, 'disk');
  writeFileSync(file, Buffer.alloc(9 * 2 ** 20));
  await t.rejects(writeEsp(file, { offset, sizeMiB: 8 }, tree, undefined), {
    name: 'UnavailableError',
    message: /^mcopy\b.*: .*full/is,
  });
});

t.test('on a disk it is the second partition, and the root stays the first', async (t) => {
  const root = t.testdir({ root: { etc: { hostname: 'x' } } });
  const tree = await espTree(t);
  const file = join(t.testdirName, 'disk');
  mkdirSync(join(t.testdirName, 'root'), { recursive: true });
  await writeDisk(file, join(root, 'root'), 16, undefined, { tree, sizeMiB: 10 });
  const { stdout } = await execa('sfdisk', ['--json', file], { env });
  const { partitiontable } = JSON.parse(stdout) as {
    partitiontable: { partitions: { start: number; type: string; name: string }[] };
  };
  t.match(partitiontable.partitions, [
    { name: 'root', type: '0FC63DAF-8483-4772-8E79-3D69D8477DE4' },
    { name: 'ESP', type: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B' },
  ]);
  const start = (partitiontable.partitions[1]?.start ?? 0) * 512;
  t.equal(await read(file, start, '/EFI/BOOT/BOOTAA64.EFI'), 'the boot loader');
});
