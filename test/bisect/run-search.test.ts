import t from 'tap';
import type { BootKernel } from '../../src/bisect/run-search.ts';
import { runSearch } from '../../src/bisect/run-search.ts';
import { UnavailableError } from '../../src/errors.ts';
import type { CaseResult } from '../../src/model/result.ts';
import { doubted, hang, panic, took, untold } from '../compare/results.ts';
import { result } from '../report/events.ts';

const usual = { rate: 1, risk: 0.001, cost: false, onTally: () => undefined };

/** Boots that give these results, one per kernel. */
function lab(changes: Partial<CaseResult>[]) {
  const booted: number[] = [];
  const boot: BootKernel = (kernel, boots) => {
    booted.push(kernel);
    const one = { result: result('a', 'aarch64', changes[kernel]), directory: `runs/${kernel}` };
    return Promise.resolve(Array.from({ length: boots }, () => one));
  };
  return { boot, booted };
}

t.test('the failure of the bad end is searched for', async (t) => {
  const { boot, booted } = lab([{}, {}, {}, hang, hang]);
  const found = await runSearch(5, boot, usual);
  t.match(found.step, { kind: 'found', good: 2, bad: 3 });
  t.match(found.failure, { outcome: 'bye-hang', directory: 'runs/4' });
  t.notOk(booted.includes(0), 'the good end is good by word');
});

t.test('another failure, and a boot in doubt or not made, tell nothing', async (t) => {
  for (const other of [panic, doubted, untold]) {
    const { boot } = lab([{}, {}, other, hang]);
    t.match((await runSearch(4, boot, usual)).step, { kind: 'found', good: 1, bad: 3 });
  }
});

t.test('a bad end that comes up, or is in doubt', async (t) => {
  for (const end of [{}, doubted]) {
    const { step, failure } = await runSearch(3, lab([{}, {}, end]).boot, usual);
    t.match(step, { kind: 'not-bad', boots: 1 });
    t.equal(failure, null);
  }
});

t.test('a bad end that the lab cannot boot is an error', async (t) => {
  await t.rejects(runSearch(3, lab([{}, {}, untold]).boot, usual), UnavailableError);
});

t.test('cost: the kernel from which on the guest needs more time', async (t) => {
  const { boot, booted } = lab([took(1.7), took(1.7), took(3.8), took(3.8)]);
  const found = await runSearch(4, boot, { ...usual, cost: true });
  t.match(found.step, { kind: 'found', good: 1, bad: 2 });
  t.same(found.seconds, { good: 1.7, bad: 3.8 });
  t.equal(found.failure, null);
  t.equal(booted[0], 0, 'the good end is measured');
});

t.test('cost: ends that do not differ, or do not come up', async (t) => {
  const cost = { ...usual, cost: true };
  await t.rejects(runSearch(2, lab([took(1.7), took(1.71)]).boot, cost), /not slower/);
  await t.rejects(runSearch(2, lab([took(1.7), hang]).boot, cost), /cannot be measured/);
});

t.test('each round is told', async (t) => {
  const told: number[] = [];
  const onTally = (kernel: number) => told.push(kernel);
  await runSearch(3, lab([{}, {}, hang]).boot, { ...usual, rate: 0.7, onTally });
  t.same(told, [2, 1]);
});
