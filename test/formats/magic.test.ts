import t from 'tap';
import { formatOf, hasMagic, magics, type Format } from '../../src/formats/magic.ts';

t.test('a format is known by its bytes in their place', (t) => {
  for (const [format, { bytes, at }] of Object.entries(magics)) {
    const file = Buffer.concat([Buffer.alloc(at, 0xaa), bytes, Buffer.from('more')]);
    t.ok(hasMagic(file, format as Format), format);
    t.notOk(hasMagic(file.subarray(1), format as Format), `${format} elsewhere`);
    t.notOk(
      hasMagic(file.subarray(0, at + bytes.length - 1), format as Format),
      `half of ${format}`,
    );
  }
  t.end();
});

t.test('one of several formats', (t) => {
  t.equal(formatOf(Buffer.from('070702…'), ['newc', 'newcWithChecksums']), 'newcWithChecksums');
  t.equal(formatOf(Buffer.alloc(0), ['newc', 'elf']), undefined);
  t.end();
});
