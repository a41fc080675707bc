import t from 'tap';
import { slowestFirst, pool } from '../../src/run/run.ts';
import type { Case } from '../../src/scenario/scenario.ts';
import { caseOf } from './cases.ts';

t.test('never more than the width at a time, results in order', async (t) => {
  let running = 0;
  let most = 0;
  const finishers: (() => void)[] = [];
  const all = pool([1, 2, 3, 4, 5], 2, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((resolve) => finishers.push(resolve));
    running -= 1;
    return item * 10;
  });
  while (finishers.length > 0) {
    finishers.pop()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.same(await all, [10, 20, 30, 40, 50]);
  t.equal(most, 2);
  t.same(await pool([], 2, () => Promise.resolve(1)), []);
});

t.test('after an error nothing is started, and what had begun is waited for', async (t) => {
  const ended: number[] = [];
  const all = pool([1, 2, 3, 4], 2, async (item) => {
    if (item === 1) throw new Error('the disk is full');
    await new Promise((resolve) => setTimeout(resolve, 20));
    ended.push(item);
  });
  await t.rejects(all, { message: 'the disk is full' });
  t.same(ended, [2]);
});

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
