import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execaSync } from 'execa';
import t from 'tap';
import { pageSizeIn, releaseOfImage } from '../../src/formats/kernel.ts';
import { toolsVersion } from '../../src/formats/executable.ts';
import { image, zImage } from '../candidate/files.ts';

/** An EFI zboot image of a kernel. */
function zboot(kernel: Buffer): Buffer {
  const header = Buffer.alloc(0x40);
  header.write('MZ\0\0zimg');
  const payload = gzipSync(kernel);
  header.writeUInt32LE(0x40, 8);
  header.writeUInt32LE(payload.length, 12);
  header.write('gzip', 0x18);
  return Buffer.concat([header, payload]);
}

function uImage(content: Buffer): Buffer {
  return Buffer.concat([Buffer.from('27051956', 'hex'), Buffer.alloc(60), content]);
}

void t.test('the pages a kernel is built for, however it is packed', async (t) => {
  const plain = image();
  plain.writeUInt32LE(0b1100, 24);
  t.equal(await pageSizeIn(plain), 16384);
  t.equal(await pageSizeIn(gzipSync(plain)), 16384);
  t.equal(await pageSizeIn(zboot(plain)), 16384);
  t.equal(await pageSizeIn(uImage(plain)), 16384);
  for (const [flags, size] of [
    [0b1000, null],
    [0b1010, 4096],
    [0b1110, 65536],
  ] as const) {
    plain.writeUInt32LE(flags, 24);
    t.equal(await pageSizeIn(plain), size);
  }
  t.equal(await pageSizeIn(plain.subarray(0, 60)), null, 'not even a whole header');
  t.equal(await pageSizeIn(zImage()), null);
  t.equal(await pageSizeIn(gzipSync(Buffer.from('text'))), null);
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
  t.equal(await release(zboot(plain)), '6.9-plain');
  t.equal(await release(inside), null);
  t.equal(await release(uImage(plain)), '6.9-plain');
  t.equal(await release(uImage(uImage(plain))), null, 'a uImage in a uImage is not read');
  const damaged = gzipSync(plain).fill(0xff, 10, 40);
  t.equal(await release(damaged), null);
  t.equal(await release(Buffer.from('fd377a585a00ffff', 'hex')), null, 'damaged xz');
  t.equal(await release(Buffer.from('text')), null);
});

void t.test('the version in a kexec program', async (t) => {
  const version = (text: string) => {
    const file = join(t.testdir({ kexec: text }), 'kexec');
    return toolsVersion(file);
  };
  t.equal(await version('\x7fELF...kexec-tools 2.0.25\0released'), '2.0.25');
  t.equal(await version('\x7fELF...kexec-tools\0' + '2.0.29\0'), '2.0.29');
  t.equal(await version('a program that mentions my-kexec-toolset 2.0.25'), null);
});
