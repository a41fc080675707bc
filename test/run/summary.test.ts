import t from 'tap';
import type { Verdict } from '../../src/model/vocabulary.ts';
import { exitCodeOf } from '../../src/run/records.ts';

const none: Record<Verdict, number> = {
  pass: 0,
  fail: 0,
  error: 0,
  unavailable: 0,
  interrupted: 0,
};

t.test('one verdict alone', (t) => {
  t.equal(exitCodeOf({ ...none, pass: 3 }), 0);
  t.equal(exitCodeOf({ ...none, pass: 3, fail: 1 }), 1);
  t.equal(exitCodeOf({ ...none, pass: 3, error: 1 }), 2);
  t.equal(exitCodeOf({ ...none, pass: 3, unavailable: 1 }), 5);
  t.equal(exitCodeOf({ ...none, pass: 3, interrupted: 1 }), 130);
  t.end();
});

t.test('the more telling verdict wins', (t) => {
  t.equal(exitCodeOf({ pass: 1, fail: 1, error: 1, unavailable: 1, interrupted: 1 }), 130);
  t.equal(exitCodeOf({ pass: 1, fail: 1, error: 1, unavailable: 1, interrupted: 0 }), 1);
  t.equal(exitCodeOf({ pass: 1, fail: 0, error: 1, unavailable: 1, interrupted: 0 }), 2);
  t.end();
});

t.test('a run without a single case is not a success', (t) => {
  t.equal(exitCodeOf(none), 4);
  t.end();
});
