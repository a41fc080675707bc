import fc from 'fast-check';
import t from 'tap';
import { ConsoleComparison } from '../../src/recording/comparison.ts';

const recorded = Buffer.from('one\ntwo\nthree\n');

/** Compares `text`, in chunks of `size` bytes. */
function compare(text: string, size = 4): ConsoleComparison {
  const comparison = new ConsoleComparison(recorded);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) comparison.feed(bytes.subarray(at, at + size));
  comparison.end();
  return comparison;
}

t.test('the same is the same, however it is cut', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), (size) => {
      const { differsAt, complete, line } = compare(recorded.toString(), size);
      return differsAt === null && complete && line === null;
    }),
  );
  t.end();
});

t.test('another byte, one too few, one too many', (t) => {
  t.match(compare('one\ntWo\nthree\n'), { differsAt: 5, line: 2, bytes: 14 });
  t.match(compare('one\ntwo\nthr'), { differsAt: 11, line: 3, complete: false });
  t.match(compare('one\ntwo\nthree\n!'), { differsAt: 14, line: 4, complete: true });
  t.match(compare(''), { differsAt: 0, line: 1 });
  t.end();
});
