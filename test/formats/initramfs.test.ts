import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execaSync } from 'execa';
import t from 'tap';
import { readInitramfs } from '../../src/formats/initramfs.ts';
import { initramfs } from '../candidate/files.ts';

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
  const list = 'usr/lib/modules/6.9/modules.builtin';
  const listed = initramfs(['init'], { [list]: 'kernel/a.ko\n' });
  for (const content of [listed, gzipSync(listed)]) {
    const { builtIn, names: found } = await read(content);
    t.same([...builtIn], [[list, 'kernel/a.ko\n']]);
    t.same(found, ['init', list]);
  }
  t.match(await read(Buffer.from('fd377a585a00ffffffff', 'hex')), {
    trouble: /\bxz .*\(.+\)/s,
  });
  // The last three bytes are padding.
  for (let end = 1; end < late.length - 4; end++)
    t.type((await read(late.subarray(0, end))).trouble, 'string', `cut off at byte ${end}`);
});
