import t from 'tap';
import { mostFailures, oddsOf, oddsText } from '../../src/compare/odds.ts';
import type { CaseResult } from '../../src/model/result.ts';

t.test('the highest rate of failure that a series of boots leaves open', (t) => {
  const near = (failed: number, boots: number, expected: number) => {
    const found = mostFailures(failed, boots);
    t.ok(Math.abs(found - expected) < 5e-5, `${failed} of ${boots}: ${found}`);
  };
  // Without a failure the bound is 1 - 0.05^(1/n).
  near(0, 1, 0.95);
  near(0, 3, 1 - 0.05 ** (1 / 3));
  near(0, 100, 0.0295);
  near(0, 100_000, 3e-5);
  // Values of binom.test(x, n, alternative = "less") in R.
  near(1, 10, 0.3942);
  near(5, 10, 0.7776);
  near(9, 10, 0.9949);
  t.equal(mostFailures(10, 10), 1);
  t.equal(mostFailures(0, 0), 1);
  t.end();
});

t.test('the words say no less than the numbers', (t) => {
  t.equal(oddsText({ failed: 0, boots: 100 }), '0 of 100 failed: under 3 % at 95 %');
  t.equal(oddsText({ failed: 1, boots: 10 }), '1 of 10 failed: under 40 % at 95 %');
  t.equal(oddsText({ failed: 3, boots: 3 }), '3 of 3 failed');
  t.end();
});

t.test('the boots of a case', (t) => {
  const boot = (some: Partial<CaseResult>) =>
    ({
      scenario: 'x',
      arch: 'arm',
      verdict: 'pass',
      outcome: 'booted',
      flaky: false,
      ...some,
    }) as CaseResult;
  const failed = boot({ verdict: 'fail', outcome: 'bye-hang' });
  t.same(oddsOf([boot({})]), [], 'one boot is not a series');
  t.same(oddsOf([boot({}), failed, boot({ flaky: true }), boot({ arch: 'aarch64' })]), [
    { key: 'arm/x', failed: 2, boots: 3 },
  ]);
  const untold = [
    boot({ verdict: 'unavailable', outcome: null }),
    boot({ verdict: 'fail', outcome: 'unknown' }),
  ];
  t.same(oddsOf([boot({}), ...untold]), [], 'boots that show nothing do not count');
  t.end();
});
