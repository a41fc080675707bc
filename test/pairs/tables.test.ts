import t from 'tap';
import type { PairCell } from '../../src/model/pairs.ts';
import { fillIn, partOfPairs, planTable } from '../../src/pairs/tables.ts';
import { caseOf } from '../run/cases.ts';
import { cell, kernel } from './tables.ts';

const kernels = ['6.1', '6.12', '7.2'].map((release) => kernel(release));

function planned() {
  return planTable(
    caseOf(),
    { from: kernels, to: kernels },
    { kexecTools: undefined, cure: false },
  );
}

t.test('only pairs whose key is not known are booted', async (t) => {
  const pairs = planned();
  const known = new Map<string, PairCell>([['aaaa', cell('6.1', '7.2')]]);
  const open = await fillIn(pairs, known, ({ from, to }) => {
    if (from.label === '6.12') return Promise.resolve(null);
    return Promise.resolve(to.label === '6.12' ? 'aaaa' : 'bbbb');
  });
  t.equal(open.length, 7);
  t.same(
    pairs[0]?.table.cells.map(({ from, to }) => [from, to]),
    [
      [kernels[0]?.word, kernels[1]?.word],
      [kernels[2]?.word, kernels[1]?.word],
    ],
    'a known result is that of every pair with the same key',
  );
});

t.test('parts have neighbours, and together every pair once', (t) => {
  const pairs = planned();
  const parts = [1, 2, 3, 4].map((index) => partOfPairs(pairs, { index, count: 4 }));
  t.same(parts.flat(), pairs);
  t.ok(parts.every(({ length }) => length >= 2));
  t.end();
});
