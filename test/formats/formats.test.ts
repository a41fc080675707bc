import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import t from 'tap';
import { diskFormatOf, diskTrouble, qcow2Size } from '../../src/formats/disk.ts';
import { initramfsTrouble } from '../../src/formats/initramfs.ts';
import { kernelTrouble } from '../../src/formats/kernel.ts';

/** The header of an arm64 Image with an EFI stub whose only section ends at `end`. */
function image(end: number): Buffer {
  const header = Buffer.alloc(512);
  header.write('MZ', 0);
  header.write('ARM\x64', 0x38);
  header.writeUInt32LE(0x40, 0x3c);
  header.write('PE\0\0', 0x40);
  header.writeUInt16LE(1, 0x46);
  header.writeUInt16LE(0x20, 0x54);
  header.writeUInt32LE(end - 0x1000, 0x78 + 16);
  header.writeUInt32LE(0x1000, 0x78 + 20);
  return header;
}

function zImage(size: number): Buffer {
  const header = Buffer.alloc(64);
  header.writeUInt32LE(0x016f2818, 0x24);
  header.writeUInt32LE(size, 0x2c);
  return header;
}

t.test('kernels', (t) => {
  t.equal(kernelTrouble(image(9000), 9000, 'aarch64'), null);
  t.equal(kernelTrouble(zImage(9000), 9000, 'arm'), null);
  for (let size = 1; size < 64; size++)
    t.type(kernelTrouble(image(9000).subarray(0, size), size, 'aarch64'), 'string');
  const other = (text: string) => {
    const file = Buffer.from(text, 'latin1');
    return kernelTrouble(file, file.length, 'arm');
  };
  const troubles = {
    'a cut Image': kernelTrouble(image(9000), 8999, 'aarch64'),
    'a cut zImage': kernelTrouble(zImage(9000), 8999, 'arm'),
    'a cut header': kernelTrouble(image(9000).subarray(0, 60), 60, 'aarch64'),
    'an Image for arm': kernelTrouble(image(9000), 9000, 'arm'),
    'a zImage for aarch64': kernelTrouble(zImage(9000), 9000, 'aarch64'),
    'an ELF file for aarch64': kernelTrouble(Buffer.from('\x7fELF\x02'), 5, 'aarch64'),
    nothing: other(''),
    gzip: other('\x1f\x8b\x08\0'),
    zboot: other('MZ\0\0zimg'),
    text: other('hello\n'),
    'one byte': other('\x01'),
  };
  t.matchSnapshot(troubles, 'what is wrong with kernels');
  t.end();
});

t.test('disks', async (t) => {
  const directory = t.testdir({});
  const file = join(directory, 'disk');
  const blank = () => {
    writeFileSync(file, '');
    truncateSync(file, 4 * 2 ** 20);
  };
  const trouble = () => diskTrouble(readFileSync(file).subarray(0, 4096), 4 * 2 ** 20);
  const troubles: Record<string, string | null> = {
    nothing: diskTrouble(Buffer.alloc(0), 0),
    'one byte': diskTrouble(Buffer.from('x'), 1),
  };
  blank();
  troubles['zeros'] = trouble();
  await execa('/usr/sbin/mke2fs', ['-q', '-F', file]);
  troubles['a file system'] = trouble();
  for (const label of ['gpt', 'dos']) {
    blank();
    await execa('/usr/sbin/sfdisk', ['-q', file], { input: `label: ${label}\n,\n` });
    t.equal(trouble(), null, label);
  }
  blank();
  await execa('/usr/sbin/sfdisk', ['-q', file], { input: 'label: dos\n' });
  troubles['a table without a partition'] = trouble();
  t.matchSnapshot(troubles, 'what is wrong with disks');
});

t.test('a qcow2 disk is one file, or none at all', async (t) => {
  const directory = t.testdir({});
  const at = (name: string) => join(directory, name);
  const make = (...args: string[]) => execa('qemu-img', ['create', '-q', ...args]);
  const trouble = (name: string) => {
    const content = readFileSync(at(name));
    return diskTrouble(content.subarray(0, 4096), content.length);
  };
  await make('-f', 'qcow2', at('plain'), '8M');
  await make('-f', 'qcow2', '-o', 'compat=0.10', at('old'), '8M');
  await make('-f', 'raw', at('raw'), '8M');
  await make('-f', 'qcow2', '-b', at('raw'), '-F', 'raw', at('backed'));
  await make('-f', 'qcow2', '-o', `data_file=${at('data')}`, at('outside'), '8M');
  // Not LUKS: qemu-img times its key derivation and gives up where the host's CPU clock is coarse.
  const secret = [
    '--object',
    'secret,id=s,data=x',
    '-o',
    'encrypt.format=aes,encrypt.key-secret=s',
  ];
  await make(...secret, '-f', 'qcow2', at('secret'), '8M');
  t.equal(trouble('plain'), null);
  t.equal(trouble('old'), null);
  const troubles = {
    'with a backing file': trouble('backed'),
    'with its data elsewhere': trouble('outside'),
    encrypted: trouble('secret'),
    cut: diskTrouble(Buffer.from('QFI\xfb', 'latin1'), 4),
  };
  t.matchSnapshot(troubles, 'what is wrong with qcow2 disks');
  t.equal(qcow2Size(at('plain')), 8 * 2 ** 20);
  t.equal(diskFormatOf(at('plain')), 'qcow2');
  for (const name of ['raw', 'missing']) t.equal(diskFormatOf(at(name)), 'raw', name);
});

t.test('initramfs images', async (t) => {
  const directory = t.testdir({ init: '#!/bin/sh\n', notes: 'some text' });
  const at = (name: string) => join(directory, name);
  const shell = (script: string) => execa('sh', ['-ec', script], { cwd: directory });
  await shell(`echo init | cpio -o -H newc --quiet > plain
    head -c 150 plain > cut; head -c 128 plain > cut-between; gzip -k plain; xz -k plain; zstd -q plain
    head -c 60 plain.gz > cut.gz; head -c 60 plain.xz > cut.xz; head -c 60 plain.zst > cut.zst
    cat plain plain.gz > chain; cat plain cut.gz > cut-chain; cat plain notes > odd-chain
    cp plain.gz padded.gz; head -c 100 /dev/zero >> padded.gz; : > empty`);
  for (const name of ['plain', 'plain.gz', 'plain.xz', 'plain.zst', 'chain', 'padded.gz'])
    t.equal(await initramfsTrouble(at(name)), null, name);
  const troubles: Record<string, string | null> = {};
  for (const name of ['empty', 'cut', 'cut-between', 'notes', 'odd-chain'])
    troubles[name] = await initramfsTrouble(at(name));
  t.matchSnapshot(troubles, 'what is wrong with initramfs images');
  for (const [name, format] of [
    ['cut.gz', 'gzip'],
    ['cut.xz', 'xz'],
    ['cut.zst', 'zstd'],
    ['cut-chain', 'gzip'],
  ] as const)
    t.match(await initramfsTrouble(at(name)), new RegExp(`\\b${format} .*\\(.+\\)`, 's'), name);
});
