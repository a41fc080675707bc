import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execaSync } from 'execa';
import t from 'tap';
import { readInitramfs } from '../../src/formats/initramfs.ts';
import { releaseOfImage } from '../../src/formats/kernel-release.ts';
import { zImageLayout } from '../../src/formats/kernel.ts';
import { findKernel } from '../../src/image/build/kernel.ts';
import { image, initramfs, kernelFiles, writeTree, zImage } from '../candidate/files.ts';

/** A zImage with the table of tags a kernel of today has. */
function taggedZImage(words = 6): Buffer {
  const file = zImage();
  file.writeUInt32LE(0x45454545, 0x34);
  file.writeUInt32LE(0x100, 0x38);
  [words, 0x5a534c4b, 0x200, 300, 0x208000, 0x10000].forEach((value, index) => {
    file.writeUInt32LE(value, 0x100 + 4 * index);
  });
  file.writeUInt32LE(1000, 0x200);
  return file;
}

t.test('what a zImage tells of the kernel in it', (t) => {
  t.same(zImageLayout(taggedZImage()), { textOffset: 0x208000, data: 1000, bss: 300 });
  t.same(zImageLayout(taggedZImage(4)), { textOffset: null, data: 1000, bss: 300 });
  t.equal(zImageLayout(zImage()), null);
  const file = taggedZImage();
  for (let end = 0; end < 0x204; end++) t.equal(zImageLayout(file.subarray(0, end)), null);
  file.writeUInt32LE(0, 0x100);
  t.equal(zImageLayout(file), null);
  t.end();
});

void t.test('the release a kernel would say of itself', async (t) => {
  const directory = t.testdir({});
  const release = (content: Buffer) => {
    const file = join(directory, 'kernel');
    writeFileSync(file, content);
    return releaseOfImage(file);
  };
  const plain = image('6.9-plain');
  t.equal(await release(plain), '6.9-plain');
  t.equal(await release(gzipSync(plain)), '6.9-plain');
  const packed = execaSync('xz', ['--stdout'], { input: plain, encoding: 'buffer' }).stdout;
  const inside = zImage(0x400);
  t.equal(await release(Buffer.concat([inside, packed, Buffer.alloc(64, 1)])), '6.9-plain');
  const zboot = Buffer.alloc(0x40);
  zboot.write('MZ\0\0zimg');
  const payload = gzipSync(plain);
  zboot.writeUInt32LE(0x40, 8);
  zboot.writeUInt32LE(payload.length, 12);
  zboot.write('gzip', 0x18);
  t.equal(await release(Buffer.concat([zboot, payload])), '6.9-plain');
  t.equal(await release(inside), null);
  t.equal(await release(Buffer.from('text')), null);
});

void t.test('names in an initramfs, with microcode in front or compressed', async (t) => {
  const directory = t.testdir({});
  const read = (content: Buffer) => {
    writeFileSync(join(directory, 'initrd'), content);
    return readInitramfs(join(directory, 'initrd'));
  };
  const names = async (content: Buffer) => (await read(content)).names;
  const [early, late] = [initramfs(['kernel/x86/microcode.bin']), initramfs(['./init', 'a.ko'])];
  const both = ['kernel/x86/microcode.bin', 'init', 'a.ko'];
  t.same(await names(late), ['init', 'a.ko']);
  t.same(await names(gzipSync(late)), ['init', 'a.ko']);
  t.same(await names(Buffer.concat([early, Buffer.alloc(512), gzipSync(late)])), both);
  t.same(await names(Buffer.concat([early, Buffer.alloc(512), late])), both);
  const { stdout } = execaSync('xz', ['--stdout', '--check=crc32'], {
    input: late,
    encoding: 'buffer',
  });
  t.same(await names(Buffer.from(stdout)), ['init', 'a.ko']);
  t.match(await read(Buffer.from('fd377a585a00ffffffff', 'hex')), {
    trouble: /^is damaged xz data/,
  });
  // The last three bytes are padding.
  for (let end = 1; end < late.length - 4; end++)
    t.type((await read(late.subarray(0, end))).trouble, 'string', `cut off at byte ${end}`);
});

void t.test('a kernel is found where Debian has it', async (t) => {
  const classic = writeTree(t.testdir({}), kernelFiles());
  t.match(await findKernel([classic]), {
    release: '6.9-test',
    file: /boot\/vmlinuz-6\.9-test$/,
    config: /boot\/config-6\.9-test$/,
    modules: /lib\/modules\/6\.9-test$/,
  });
});

void t.test('in the packages of Debian 14 it lies among the modules', async (t) => {
  const modules = 'usr/lib/modules/7.2';
  const root = writeTree(t.testdir({}), {
    [`binary/${modules}/vmlinuz`]: image('7.2'),
    [`base/${modules}/config`]: '',
    [`modules/${modules}/kernel/x`]: '',
  });
  const parts = ['base', 'binary', 'modules'].map((part) => join(root, part));
  t.match(await findKernel(parts), {
    release: '7.2',
    file: /binary.*vmlinuz$/,
    config: /base.*config$/,
    modules: /modules\/usr/,
  });
  t.equal(await findKernel([join(root, 'base')]), null);
});
