import t from 'tap';
import { caseDirectorySchema } from '../../src/model/result.ts';
import { flagsTag } from '../../src/model/vocabulary.ts';
import type { PairSetup } from '../../src/pairs/cells.ts';
import { cellOf, fromEach, pairCases } from '../../src/pairs/cells.ts';
import { caseDirectory } from '../../src/run/records.ts';
import { doubted, hang, took, untold } from '../compare/results.ts';
import { result } from '../report/events.ts';
import { caseOf } from '../run/cases.ts';
import { kernel, table } from './tables.ts';

const flags = '--no-checks,--image-size=67108864';
const base = caseOf({ setup: { tags: { KEXEC_KERNEL: '/vmlinuz', [flagsTag]: flags } } });

function planned(change: Partial<PairSetup> = {}, releases = ['6.1.0-50-arm64', '7.2-arm64']) {
  return pairCases({ base, kexecTools: undefined, cure: false, ...change }, table(releases, []));
}

t.test('each pair is a case with kernels of its own, row by row', (t) => {
  const cases = planned();
  t.same(
    cases.map(({ case: { id } }) => id),
    [
      'aarch64/6-1-0-50-arm64-to-6-1-0-50-arm64',
      'aarch64/6-1-0-50-arm64-to-7-2-arm64',
      'aarch64/7-2-arm64-to-6-1-0-50-arm64',
      'aarch64/7-2-arm64-to-7-2-arm64',
    ],
  );
  const [, second] = cases;
  t.match(second?.case.setup, {
    firstKernel: kernel('6.1.0-50-arm64').word,
    secondKernel: { kernel: kernel('7.2-arm64').word },
  });
  for (const each of cases)
    t.ok(caseDirectorySchema.safeParse(caseDirectory(each.case, 1)).success);
  t.end();
});

t.test('a pair can be booted alone', (t) => {
  const [, second] = planned({ kexecTools: 'debian:trixie' });
  const { word: from } = kernel('6.1.0-50-arm64');
  const { word: to } = kernel('7.2-arm64');
  t.same(second?.case.scenario.variant, {
    of: 'a-scenario',
    label: '6.1.0-50-arm64 → 7.2-arm64',
    options: ['--first-kernel', from, '--kernel', to, '--kexec-tools', 'debian:trixie'],
  });
  t.match(second?.case.setup.secondKernel, { kexecTools: 'debian:trixie' });
  t.end();
});

t.test('kexec gets the option that helps only if it is asked for', (t) => {
  t.same(planned()[0]?.case.setup.tags, { KEXEC_KERNEL: '/vmlinuz', [flagsTag]: '--no-checks' });
  t.equal(planned({ cure: true })[0]?.case.setup.tags[flagsTag], flags);
  const [bare] = planned({ base: caseOf() });
  t.same(bare?.case.setup.tags, { KEXEC_KERNEL: '/vmlinuz' });
  t.end();
});

t.test('kernels of yours with the same file name are told apart', (t) => {
  const kernels = ['/a/linux_6.1.deb', '/b/linux-6.1.deb'].map((word) => ({ word, label: word }));
  const cases = pairCases(
    { base, kexecTools: undefined, cure: false },
    { ...table([], []), from: [kernel('6.1-arm64')], to: kernels },
  );
  t.same(
    cases.map(({ case: { scenario } }) => scenario.name),
    ['6-1-arm64-to-linux-6-1-deb', '6-1-arm64-to-linux-6-1-deb-2'],
  );
  t.end();
});

t.test('a case is booted from each first kernel', (t) => {
  const cases = fromEach([base], [kernel('6.1.0-50-arm64'), kernel('7.2-arm64')]);
  t.match(cases, [
    {
      id: 'aarch64/a-scenario-from-6-1-0-50-arm64',
      scenario: { name: 'a-scenario-from-6-1-0-50-arm64', variant: { of: 'a-scenario' } },
      setup: { firstKernel: kernel('6.1.0-50-arm64').word, tags: base.setup.tags },
    },
    { id: 'aarch64/a-scenario-from-7-2-arm64' },
  ]);
  const [again] = fromEach(
    [{ ...base, id: 'aarch64/a-scenario#2', repeat: 2 }],
    [kernel('7.2-arm64')],
  );
  t.equal(again?.id, 'aarch64/a-scenario-from-7-2-arm64#2');
  t.end();
});

const userspace = {
  name: 'userspace',
  generation: 2,
  hostSeconds: 1,
  guestSeconds: 215.5,
} as const;

const place = { key: '0123456789abcdef', run: 'runs/one' };

t.test('the cell of a pair says what was seen', (t) => {
  const [pair] = planned();
  if (pair === undefined) throw new Error('no pair');
  const passed = cellOf(pair, result('a', 'aarch64', took(1.5)), place);
  t.match(passed, { verdict: 'pass', outcome: 'booted', guestSeconds: 1.5, ...place });
  // An idle guest's clock skips to its next timer, and prints one more line.
  const { stages = [] } = took(1.5);
  const idle = { ...took(1.5), stages: [...stages, userspace] };
  t.equal(cellOf(pair, result('a', 'aarch64', idle), place)?.guestSeconds, 1.5);
  const failed = cellOf(pair, result('a', 'aarch64', { ...hang, stages: [] }), place);
  t.match(failed, { verdict: 'fail', outcome: 'bye-hang', guestSeconds: null });
  t.not(failed?.finding, passed?.finding);
  t.end();
});

t.test('a boot that was not made, or whose outcome is in doubt, has no cell', (t) => {
  const [pair] = planned();
  if (pair === undefined) throw new Error('no pair');
  for (const change of [untold, doubted, { ...untold, verdict: 'interrupted' as const }])
    t.equal(cellOf(pair, result('a', 'aarch64', change), place), null);
  t.end();
});
