import t from 'tap';
import type { ArchiveKernel } from '../../src/candidate/archive-kernels.ts';
import { NothingSelectedError, UnavailableError, UsageError } from '../../src/errors.ts';
import { historyOf } from '../../src/watch/history.ts';
import { planWatch, unknownPairs } from '../../src/watch/plan-watch.ts';
import { caseOf } from '../run/cases.ts';
import { entry } from './entries.ts';

const archive: ArchiveKernel[] = [
  ['bookworm', '6.1.176-1', 'arm64'],
  ['bookworm', '6.1.175-1', 'cloud-arm64'],
  ['bookworm', '6.1.176-1', 'cloud-arm64'],
  ['sid', '7.2.13-1', 'cloud-arm64'],
].map(([suite = '', version = '', flavour = '']) => {
  const name = `linux-image-${version.replace('-1', '')}-${flavour}`;
  return { suite, version, name, sha256: name };
});

const ask = {
  list: (_: string, suites: readonly string[]) => {
    const ordered = archive.toSorted((a, b) => (a.version < b.version ? -1 : 1));
    if (suites.includes('experimental'))
      return Promise.reject(new UnavailableError('cannot read its index\nwith details'));
    return Promise.resolve(ordered.filter(({ suite }) => suites.includes(suite)));
  },
};

const plan = (from: string[], to: string[], kexecTools: string[] = []) =>
  planWatch([caseOf()], { from, to }, { kexecTools }, ask);

t.test('a suite stands for its newest kernel in the usual flavour', async (t) => {
  const { pairs, notAsked } = await plan(['debian:bookworm'], ['debian:bookworm,debian:sid']);
  t.same(notAsked, []);
  t.same(
    pairs.map(({ kernels }) => [kernels.from.package, kernels.to.package, kernels.to.version]),
    [
      ['linux-image-6.1.176-cloud-arm64', 'linux-image-6.1.176-cloud-arm64', '6.1.176-1'],
      ['linux-image-6.1.176-cloud-arm64', 'linux-image-7.2.13-cloud-arm64', '7.2.13-1'],
    ],
  );
  t.same(
    pairs.map(({ case: each }) => each.setup.secondKernel?.kernel),
    [
      'debian:bookworm/linux-image-6.1.176-cloud-arm64',
      'debian:sid/linux-image-7.2.13-cloud-arm64',
    ],
    'the package is booted that the history names',
  );
});

t.test('packages, packages without a version, and patterns', async (t) => {
  const versions = async (word: string) => {
    const { pairs } = await plan(['debian:sid'], [word]);
    return pairs.map(({ kernels }) => kernels.to.package.replace('linux-image-', ''));
  };
  t.same(await versions('debian:bookworm/linux-image-6.1.175-cloud-arm64'), [
    '6.1.175-cloud-arm64',
  ]);
  t.same(await versions('debian:bookworm/linux-image-arm64'), ['6.1.176-arm64']);
  t.same(await versions('debian:bookworm/*-cloud-arm64'), [
    '6.1.175-cloud-arm64',
    '6.1.176-cloud-arm64',
  ]);
});

t.test('a suite that cannot be asked is left out, and named once', async (t) => {
  const { pairs, notAsked } = await plan(
    ['debian:sid,debian:experimental'],
    ['debian:sid', 'debian:experimental'],
  );
  t.equal(pairs.length, 1);
  t.same(notAsked, [{ arch: 'aarch64', suite: 'experimental', why: 'cannot read its index' }]);
  await t.rejects(plan(['debian:sid'], ['debian:experimental']), UnavailableError);
});

t.test('a package that two suites have is one kernel', async (t) => {
  const both = {
    list: async (arch: string, [suite = '']: readonly string[]) =>
      (await ask.list(arch, ['sid'])).map((kernel) => ({ ...kernel, suite })),
  };
  const words = { from: ['debian:sid'], to: ['debian:trixie,debian:sid'] };
  const { pairs } = await planWatch([caseOf()], words, { kexecTools: [] }, both);
  t.match(pairs, [{ kernels: { to: { suite: 'trixie' } } }]);
  t.equal(pairs.length, 1);
});

t.test('each kexec-tools has pairs of its own', async (t) => {
  const { pairs } = await plan(['debian:sid'], ['debian:sid'], ['debian:sid', 'debian:bookworm']);
  t.same(
    pairs.map(({ table }) => table.kexecTools),
    ['debian:sid', 'debian:bookworm'],
  );
  t.equal(new Set(pairs.map((pair) => pair.case.id)).size, 2);
});

t.test('words that name no kernel', async (t) => {
  await t.rejects(plan(['debian:sid'], ['./linux.deb']), UsageError);
  await t.rejects(plan(['debian:sid'], ['debian:sid/linux-image-rt-arm64']), NothingSelectedError);
});

t.test('pairs that the history has are known', async (t) => {
  const { pairs } = await plan(['debian:bookworm'], ['debian:bookworm,debian:sid']);
  const [first, second] = pairs.map(({ table, kernels }) =>
    entry(kernels.to, { ...kernels, machine: table.machine }),
  );
  if (first === undefined || second === undefined) throw new Error('no pairs');
  t.equal(unknownPairs(pairs, historyOf([])).length, 2);
  t.match(unknownPairs(pairs, historyOf([first])), [{ kernels: { to: { suite: 'sid' } } }]);
  const newer = { ...second, to: { ...second.to, version: '7.2.13-2' } };
  t.equal(unknownPairs(pairs, historyOf([first, newer])).length, 1, 'another version');
  t.equal(unknownPairs(pairs, historyOf([first, second])).length, 0);
});
