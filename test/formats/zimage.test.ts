import t from 'tap';
import { zImageLayout } from '../../src/formats/zimage.ts';
import { zImage } from '../candidate/files.ts';

/** A zImage with the table of tags that kernels have today. */
function taggedZImage(words = 6): Buffer {
  const file = zImage();
  file.writeUInt32LE(0x45454545, 0x34);
  file.writeUInt32LE(0x100, 0x38);
  put(file, 0x100, [words, 0x5a534c4b, 0x200, 300, 0x208000, 0x10000]);
  file.writeUInt32LE(1000, 0x200);
  return file;
}

function put(file: Buffer, at: number, words: readonly number[]): void {
  words.forEach((word, index) => {
    file.writeUInt32LE(word, at + 4 * index);
  });
}

/** The instructions of Debian's 6.1, in which 0x11b0 is the address of the first. */
const code = [0xe28aac09, 0xe3caa0ff, 0xe24f5f43, 0xe3c5501f];

/** Its table LC0 with LC1, in a file of 4096 bytes. */
const addresses = (at: number) => [at, 0x1000, 0x1418, 0xf00, 0xf28, 0x2418 - (at + 20), 0];

t.test('what a zImage declares about the kernel in it', (t) => {
  const declared = { data: 1000, bss: 300, mover: null };
  t.same(zImageLayout(taggedZImage()), { ...declared, textOffset: 0x208000, heap: 0x10000 });
  t.same(zImageLayout(taggedZImage(5)), { ...declared, textOffset: 0x208000, heap: null });
  t.same(zImageLayout(taggedZImage(4)), { ...declared, textOffset: null, heap: null });
  t.equal(zImageLayout(zImage()), null);
  const file = taggedZImage();
  for (let end = 0; end < 0x204; end++) t.equal(zImageLayout(file.subarray(0, end)), null);
  file.writeUInt32LE(0, 0x100);
  t.equal(zImageLayout(file), null);
  t.end();
});

t.test('how a zImage moves itself', (t) => {
  const file = taggedZImage();
  put(file, 0x800, code);
  put(file, 0x900, addresses(0x900));
  const mover = { from: 0x700, margin: 0x900, stackEnd: 0x2418 };
  t.match(zImageLayout(file), { mover }, 'sub r5, pc, #0x10c at 0x808 is the address 0x704');
  const other = Buffer.from(file);
  other.writeUInt32LE(0xe28aac0a, 0x800);
  t.match(zImageLayout(other), { mover: { margin: 0xa00 } });
  for (const at of [0x800, 0x804, 0x808, 0x80c, 0x900, 0x904, 0x914]) {
    const changed = Buffer.from(file);
    changed.writeUInt32LE(0xe1a00000, at);
    t.match(zImageLayout(changed), { mover: null }, `other code at 0x${at.toString(16)}`);
  }
  t.end();
});
