import fc from 'fast-check';
import t from 'tap';
import { TextScan } from '../../src/boot/text-scan.ts';

const words = fc.array(
  fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é'), minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 3,
  }),
  { minLength: 1, maxLength: 6 },
);

void t.test('finds the sets that a search for each text finds', (t) => {
  const line = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', 'é'), maxLength: 30 });
  fc.assert(
    fc.property(words, line, (sets, text) => {
      const wanted = sets.flatMap((texts, index) =>
        texts.some((one) => text.includes(one)) ? [index] : [],
      );
      const scan = new TextScan(sets);
      const bytes = Buffer.from(`x${text}x`, 'latin1');
      t.same(scan.text(text), wanted);
      t.same(scan.bytes(bytes, 1, bytes.length - 1), wanted);
    }),
    { seed: 17, numRuns: 2000 },
  );
  t.end();
});

void t.test('a character beyond Latin-1 ends every text', (t) => {
  t.same(new TextScan([['ab']]).text('a\u2018b'), []);
  t.same(new TextScan([['ab']]).text('\u2018ab'), [0]);
  t.same(new TextScan([['ab']]).text('\u0162'), [], 'one whose code is 256 more than that of b');
  t.end();
});
