import t from 'tap';
import { slowestFirst } from '../../src/lab/slowest-first.ts';
import type { Case } from '../../src/scenario/scenario.ts';
import { caseOf } from './cases.ts';

void t.test('host clock, then what is allowed, then 32 bits; the rest as it was', (t) => {
  const arm = (case_: Case): Case => ({ ...case_, arch: 'arm' });
  const onHost = { machine: 'scaleway-vps' };
  const ordered = slowestFirst([
    caseOf({}, 'first of the usual'),
    caseOf({}, 'second of the usual'),
    arm(caseOf({}, '32 bits')),
    caseOf({ limits: { total: 900 } }, 'long'),
    caseOf({ setup: onHost, limits: { total: 220 } }, 'waits'),
    caseOf({ setup: onHost, limits: { total: 600 } }, 'waits long'),
  ]);
  t.strictSame(
    ordered.map(({ scenario }) => scenario.name),
    ['waits long', 'waits', 'long', '32 bits', 'first of the usual', 'second of the usual'],
  );
  t.end();
});
