import t from 'tap';
import { plannedMap } from '../../src/memory/planned-map.ts';
import type { ZImage } from '../../src/memory/zimage-memory.ts';
import { neededImageSize, reservedByKexec, unpackingOf } from '../../src/memory/zimage-memory.ts';

/** Debian's 6.1.0-50-armmp-lpae. */
const debian: ZImage = {
  textOffset: 0x208000,
  bytes: 5_526_016,
  layout: {
    ...{ textOffset: 0x208000, data: 22_696_136, bss: 393_664, heap: 0x10000 },
    mover: { from: 0x10a0, margin: 0x900, stackEnd: 0x546618 },
  },
};

t.test('where a zImage moves itself, and what it needs', (t) => {
  const { kernel, moved, heap } = unpackingOf(debian);
  t.same(kernel, { start: 0x208000, end: 0x208000 + 22_696_136 + 393_664 });
  t.equal(moved.start, 0x17ad900, 'the end of the data with the margin, rounded to 256 bytes');
  t.same(heap, { start: 0x1cf2e78, end: 0x1d02e78 });
  t.equal(neededImageSize(debian), 0x1cfb000);
  t.end();
});

t.test('a large bss needs more than the zImage', (t) => {
  const layout = { ...debian.layout, bss: 2 ** 24 };
  t.equal(neededImageSize({ ...debian, layout }), 0x27a6000);
  t.end();
});

t.test('without knowing how it moves itself, more is reserved than it can need', (t) => {
  const layout = { ...debian.layout, mover: null };
  const needed = neededImageSize({ ...debian, layout });
  t.ok(needed >= neededImageSize(debian));
  t.ok(needed <= neededImageSize(debian) + 0x2000);
  t.end();
});

t.test('what kexec-tools reserve', (t) => {
  t.equal(reservedByKexec(debian.layout, debian.bytes), 22_696_136 + 5_526_016 + 0x11000);
  t.equal(reservedByKexec({ data: 1000, bss: 10_000_000 }, 1000), 10_001_000);
  t.equal(reservedByKexec(null, 1000), 5 * (1000 + 0x11000));
  t.end();
});

t.test('the memory of a planned load', (t) => {
  const plain = plannedMap(debian, { asked: 0, initrd: null });
  t.match(plain, { line: null, unknown: [/size of the initrd/] });
  t.match(plain.overlaps, [
    { by: 'moved zImage', what: 'initrd or device tree', start: 0x41b04000, end: 0x41d02e78 },
  ]);
  const needed = neededImageSize(debian);
  const roomy = plannedMap(debian, { asked: needed, initrd: 9_000_000 });
  t.same([roomy.overlaps, roomy.unknown], [[], []]);
  t.match(roomy.regions, [
    { name: 'zImage', start: 0x40008000, end: 0x40008000 + 5_526_016 },
    { name: 'initrd', start: 0x41d03000, end: 0x41d03000 + 9_000_000 },
    { name: 'unpacked kernel', start: 0x40208000 },
    { name: 'moved zImage', start: 0x417ad900, end: 0x41d02e78 },
  ]);
  const tight = plannedMap(debian, { asked: needed - 4096, initrd: 9_000_000 });
  t.match(tight.overlaps, [{ start: 0x41d02000, end: 0x41d02e78 }]);
  t.end();
});
