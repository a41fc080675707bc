import t from 'tap';
import { compareSides, decide, neitherOf } from '../../src/compare/classify.ts';
import { sidesOf } from '../../src/compare/side.ts';
import type { Comparison } from '../../src/model/comparison.ts';
import type { CaseResult } from '../../src/model/result.ts';
import {
  doubted,
  expectedHang,
  hang,
  panic,
  panicked,
  three,
  took,
  untold,
  variant,
} from './results.ts';

const same = { differences: [] };

function compare(
  before: CaseResult[],
  after: CaseResult[],
  options: { differences: string[] } = same,
): Comparison {
  const [comparison] = compareSides(sidesOf(before), sidesOf(after), options);
  if (comparison === undefined) throw new Error('nothing compared');
  return comparison;
}

const kind = (before: CaseResult[], after: CaseResult[]): string => compare(before, after).class;
const good = three({});

t.test('the same on both sides is the same, and can be rolled out', (t) => {
  t.equal(kind(good, good), 'same');
  t.equal(kind(three(expectedHang), three(expectedHang)), 'same');
  t.equal(
    kind(good, three({ release: '6.13', captures: { release: '6.13', cmdline: 'x' } })),
    'same',
    'another release is what one wants',
  );
  t.strictSame(decide([compare(good, good)]), { decision: 'ROLL', reasons: [] });
  t.end();
});

t.test('what comes up with neither kernel is a class of its own', (t) => {
  t.match(compare(three(hang), three(hang)), {
    class: 'neither',
    reason: 'bye-hang (generation 1, kexec)',
  });
  const elsewhere = (...changes: Partial<CaseResult>[]) =>
    three(...changes.map((change) => ({ ...change, ...variant })));
  t.equal(kind(elsewhere(hang), elsewhere(hang)), 'neither');
  t.equal(kind(three(panic), three(hang)), 'changed', 'it fails in another way');
  t.match(compare(elsewhere(panic), elsewhere(hang)), {
    class: 'neither',
    reason: /^kernel-panic \(.*\bbye-hang \(/,
  });
  t.equal(kind(elsewhere({}), elsewhere(hang)), 'regressed');
  t.equal(kind(elsewhere(hang), elsewhere({})), 'fixed');
  t.equal(kind(elsewhere(hang), elsewhere(hang, hang, untold)), 'unknown');
  t.equal(kind(elsewhere(hang, {}), elsewhere(hang)), 'regressed', 'it came up once');
  t.equal(kind(three(expectedHang), three(expectedHang)), 'same', 'it is not meant to come up');
  t.end();
});

t.test('what comes up with neither kernel does not hold by itself, and is named', (t) => {
  const dead = three({ ...hang, ...variant });
  const comparisons = [compare(good, good), compare(dead, dead)];
  t.equal(decide(comparisons).decision, 'ROLL');
  t.equal(decide(comparisons, { failOn: ['neither'] }).decision, 'HOLD');
  const plain = compare(three(hang), three(hang));
  t.matchSnapshot(neitherOf([...comparisons, ...comparisons, plain]).join('\n'), 'sentences');
  t.equal(neitherOf([...comparisons, ...comparisons]).length, 1, 'one for each machine');
  t.strictSame(neitherOf([compare(good, good)]), []);
  t.end();
});

t.test('without a baseline that came up there is no ROLL', (t) => {
  for (const comparison of [
    compare(three(hang), three(hang)),
    compare(three(hang), good),
    compare([], good),
    compare(three(expectedHang), three(expectedHang)),
  ]) {
    const { decision, reasons } = decide([comparison]);
    t.equal(decision, 'HOLD', comparison.class);
    t.equal(reasons.length, 1);
    t.equal(decide([comparison, compare(good, good)]).decision, 'ROLL', 'another case came up');
  }
  t.end();
});

t.test('what booted and does not any more has regressed', (t) => {
  t.match(compare(good, three(hang)), {
    key: 'aarch64/kexec-to-distro',
    class: 'regressed',
    reason: /\bbye-hang \(generation 1, kexec\)/,
  });
  t.equal(kind(good, three(hang, hang, untold)), 'regressed', 'whatever else could not be told');
  t.equal(kind(three(hang, {}), three(hang)), 'regressed', 'it did boot now and then');
  const { decision, reasons } = decide([compare(good, three(hang))]);
  t.equal(decision, 'HOLD');
  t.match(reasons, [/^aarch64\/kexec-to-distro regressed: .*\bbye-hang\b/]);
  t.equal(reasons.length, 1);
  t.end();
});

t.test('another failure is a change', (t) => {
  t.match(compare(three(panic), three(hang)), {
    class: 'changed',
    reason: /^kernel-panic \(.*\bbye-hang \(/,
  });
  t.equal(kind(three(panic), three({ ...panic, ...panicked('a NULL pointer') })), 'changed');
  t.match(
    compare(three(panic), three({ ...panic, ...panicked('a NULL pointer') })).reason,
    /"Kernel panic .* Oops .*".*"Kernel panic .* a NULL pointer"/,
  );
  t.equal(
    kind(three(panic), three({ ...panic, ...panicked('Oops at ffff800008aaaaaa') })),
    'neither',
    'addresses are accidents',
  );
  t.match(
    compare(three(expectedHang), three({ verdict: 'fail', expected: { outcome: 'bye-hang' } })),
    {
      class: 'changed',
      reason: /^bye-hang /,
    },
  );
  t.equal(
    kind(three(expectedHang), three({ ...panic, expected: { outcome: 'bye-hang' } })),
    'changed',
  );
  t.end();
});

t.test('what goes well less often is unstable', (t) => {
  t.match(compare(good, three({}, hang, {})), {
    class: 'unstable',
    reason: /\b2 .*\b3 .*\b3 .*\b3 .*\bbye-hang \(generation 1, kexec\)/,
  });
  t.equal(kind(three({}, hang, hang), three({}, {}, hang)), 'same', 'more often is none the worse');
  t.end();
});

t.test('what could not be told is never a pass', (t) => {
  for (const broken of [untold, doubted]) {
    t.equal(kind(good, three(broken)), 'unknown');
    t.equal(kind(three(broken), good), 'unknown');
    t.equal(kind(good, three({}, {}, broken)), 'unknown');
    t.equal(kind(three(hang, hang, broken), good), 'unknown', 'not fixed');
    t.equal(decide([compare(good, three({}, {}, broken))]).decision, 'HOLD');
  }
  t.match(compare(good, three({}, untold)).reason, /^2 .*\b3 candidate /);
  t.end();
});

t.test('what went wrong and never does any more is fixed', (t) => {
  t.match(compare(three(hang), good), {
    class: 'fixed',
    reason: /^bye-hang \(generation 1, kexec\)/,
  });
  t.equal(kind(three({}, hang), good), 'fixed');
  t.equal(decide([compare(good, good), compare(three(hang), good)]).decision, 'ROLL');
  t.end();
});

t.test('what one side does not have is lost or new', (t) => {
  t.equal(kind(good, []), 'lost');
  t.equal(kind([], good), 'new');
  t.equal(decide([compare(good, good), compare([], good)]).decision, 'ROLL');
  t.equal(decide([compare([], three(hang))]).decision, 'HOLD', 'new, and wrong');
  t.equal(kind([], three(untold)), 'unknown');
  t.equal(decide([compare(good, [])]).decision, 'HOLD');
  t.equal(decide([]).decision, 'HOLD', 'nothing is no reason to roll out');
  t.end();
});

t.test('a stage that takes longer makes it costlier, if the data carry it', (t) => {
  const before = three(took(1.732), took(1.733), took(1.732));
  const after = three(took(1.905), took(1.904), took(1.905));
  t.match(compare(before, after), {
    class: 'costlier',
    reason: /^2 kernel: 1\.732 s -> 1\.905 s \(\+10\.0 %/,
  });
  t.equal(kind(after, before), 'same', 'cheaper is no concern');
  t.equal(kind(before, three(took(1.74))), 'same', 'half a per cent');
  t.equal(kind(before, three(took(1.905), took(1.732), took(1.905))), 'same', 'they overlap');
  t.equal(kind(before.slice(1), after.slice(1)), 'same', 'two boots carry nothing');
  t.match(compare(before.slice(1), after.slice(1)).cost, [{ kind: 'undecided', n: 2 }]);
  t.strictSame(compare(before, after, { differences: ['QEMU 7.2.22 and 10.0.2'] }).cost, []);
  t.equal(decide([compare(before, after)]).decision, 'ROLL', 'a user may want to pay');
  t.equal(decide([compare(before, after)], { failOn: ['costlier'] }).decision, 'HOLD');
  t.end();
});

t.test('the reasons, in words', (t) => {
  const oops = three({ ...panic, ...panicked('a NULL pointer') });
  const pairs: [CaseResult[], CaseResult[]][] = [
    [good, good],
    [good, three(hang)],
    [three(panic), three(hang)],
    [three(hang), three(panic)],
    [three(panic), oops],
    [three(expectedHang), three({ verdict: 'fail', expected: { outcome: 'bye-hang' } })],
    [good, three({}, hang, {})],
    [three(untold, {}), three({}, untold)],
    [three(hang), good],
    [good, []],
    [[], good],
    [[], three(untold)],
  ];
  const reasons = pairs.map((pair) => compare(...pair)).map((one) => `${one.class}: ${one.reason}`);
  t.matchSnapshot([...reasons, ...decide([]).reasons].join('\n'), 'one per line');
  t.end();
});

t.test('the worst comes first', (t) => {
  const named = (scenario: string, results: CaseResult[]): CaseResult[] =>
    results.map((result) => ({ ...result, scenario }));
  const before = [...named('a', good), ...named('b', good), ...named('c', good)];
  const after = [...named('a', good), ...named('b', three(untold)), ...named('c', three(hang))];
  const order = compareSides(sidesOf(before), sidesOf(after), same);
  t.strictSame(
    order.map((comparison) => [comparison.key, comparison.class]),
    [
      ['aarch64/c', 'regressed'],
      ['aarch64/b', 'unknown'],
      ['aarch64/a', 'same'],
    ],
  );
  t.end();
});
