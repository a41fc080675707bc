import t from 'tap';
import { countPairs, pairFindings } from '../../src/compare/pair-findings.ts';
import { cell, hang, table } from '../pairs/tables.ts';

const releases = ['6.1', '6.12', '7.2'];

t.test('equal failures are one finding', (t) => {
  const other = { ...hang, finding: 'other' };
  const cells = [
    ...releases.map((to) => cell('6.12', to, hang)),
    cell('6.1', '7.2', other),
    cell('6.1', '6.1'),
  ];
  const found = pairFindings(table(releases, cells));
  t.same(
    found.map(({ pairs }) => pairs),
    [['6.12 → all'], ['6.1 → 7.2']],
  );
  t.same(countPairs(table(releases, cells)), { passed: 1, failed: 4, missing: 4 });
  t.end();
});

t.test('pairs are grouped by the side that needs fewer lines', (t) => {
  const cells = releases.map((from) => cell(from, '7.2', hang));
  t.same(pairFindings(table(releases, cells))[0]?.pairs, ['all → 7.2']);
  t.end();
});
