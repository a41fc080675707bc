import fc from 'fast-check';
import t from 'tap';
import { TextScan } from '../../src/signatures/text-scan.ts';

const words = fc.array(
  fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 3,
  }),
  { minLength: 1, maxLength: 6 },
);

void t.test('finds the sets that a search for each text finds', (t) => {
  const line = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', 'é'), maxLength: 30 });
  fc.assert(
    fc.property(words, line, (sets, text) => {
      const found = sets.map((texts) => texts.some((one) => text.includes(one)));
      const beyond = text.includes('é') ? 0 : -1;
      const wanted = found.flatMap((isFound, index) =>
        isFound || index === beyond ? [index] : [],
      );
      const scan = new TextScan(sets, 0);
      const bytes = Buffer.from(`x${text}x`, 'latin1');
      t.same(scan.text(text), wanted);
      t.same(scan.bytes(bytes, 1, bytes.length - 1), wanted);
    }),
    { seed: 17, numRuns: 2000 },
  );
  t.end();
});

void t.test('a character beyond ASCII ends every text', (t) => {
  t.same(new TextScan([['ab']], 7).text('a\u2018b'), [7]);
  t.same(new TextScan([['ab']], 7).text('\u2018ab'), [0, 7]);
  t.same(
    new TextScan([['ab']], 7).text('\u0162'),
    [7],
    'one whose code is 256 more than that of b',
  );
  t.end();
});
