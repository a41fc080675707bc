import t from 'tap';
import type { HistoryEntry } from '../../src/model/history.ts';
import { changesOf, isAlarm, newestOf } from '../../src/watch/changes.ts';
import { historyOf } from '../../src/watch/history.ts';
import { entry, hang, kernel, panic } from './entries.ts';

const sid = (version: string, change: Partial<HistoryEntry> = {}) =>
  entry(kernel('sid', version), change);

/** What a new kernel of sid is, after the earlier ones. */
function changeAfter(earlier: HistoryEntry[], recent: HistoryEntry) {
  const [change, ...others] = changesOf(historyOf(earlier), historyOf([...earlier, recent]));
  if (change === undefined || others.length > 0) throw new Error('not one change');
  return change;
}

t.test('a new version is compared with the one before it', (t) => {
  const recent = sid('7.2.13-1');
  const cases: [HistoryEntry[], Partial<HistoryEntry>, string, boolean][] = [
    [[sid('7.2.12-1')], {}, 'works', false],
    [[], {}, 'works', false],
    [[sid('7.2.12-1', hang)], {}, 'works-again', false],
    [[sid('7.2.12-1')], hang, 'broke', true],
    [[], hang, 'fails', true],
    [[sid('7.2.12-1', hang)], hang, 'still-fails', false],
    [[sid('7.2.12-1', panic)], hang, 'other-failure', true],
    [[sid('7.2.12-1', hang)], { ...hang, stage: 'kernel' }, 'other-failure', true],
  ];
  for (const [earlier, end, kind, alarm] of cases) {
    const change = changeAfter(earlier, { ...recent, ...end });
    t.equal(change.kind, kind);
    t.equal(isAlarm(change), alarm, kind);
    t.same(change.before, earlier[0] ?? null);
  }
  t.end();
});

t.test('the version before is the next older one, by version and not by text', (t) => {
  const earlier = [sid('7.9.1-1', hang), sid('7.10.1-1')];
  const change = changeAfter(earlier, sid('7.11.1-1', hang));
  t.equal(change.before?.to.version, '7.10.1-1');
  t.equal(change.kind, 'broke');
  t.end();
});

t.test('two versions that are both new are compared with each other', (t) => {
  const now = [sid('7.2.12-1'), sid('7.2.13-1', hang), sid('7.2.14-1')];
  const changes = changesOf(historyOf(now.slice(0, 1)), historyOf(now));
  t.same(
    changes.map(({ kind, before }) => [kind, before?.to.version]),
    [
      ['broke', '7.2.12-1'],
      ['works-again', '7.2.13-1'],
    ],
  );
  t.end();
});

t.test('a new version of the first kernel is a new pair, too', (t) => {
  const to = kernel('sid', '7.2.13-1');
  const from = kernel('bookworm', '6.1.177-1');
  const change = changeAfter([entry(to)], entry(to, { from, ...hang }));
  t.equal(change.kind, 'broke');
  t.equal(change.before?.from.version, '6.1.176-1');
  t.end();
});

t.test('other suites, flavours, machines and kexec-tools are not compared', (t) => {
  const recent = sid('7.2.13-1', hang);
  const others = [
    entry(kernel('trixie', '7.2.12-1')),
    entry({ suite: 'sid', package: 'linux-image-7.2.12-rt-arm64', version: '7.2.12-1' }),
    sid('7.2.12-1', { machine: 'scaleway-vps' }),
    sid('7.2.12-1', { kexecTools: 'debian:sid' }),
    sid('7.2.12-1', { cure: true }),
    sid('7.2.12-1', { from: kernel('trixie', '6.12.117-1') }),
  ];
  for (const other of others) t.equal(changeAfter([other], recent).kind, 'fails');
  t.end();
});

t.test('the worst change is first, and what was known is no change', (t) => {
  const earlier = [sid('7.2.12-1'), entry(kernel('trixie', '6.12.116-1'), hang)];
  const now = [
    ...earlier,
    entry(kernel('trixie', '6.12.117-1'), hang),
    entry(kernel('experimental', '7.3-1')),
    sid('7.2.13-1', hang),
  ];
  const changes = changesOf(historyOf(earlier), historyOf(now));
  t.same(
    changes.map(({ kind }) => kind),
    ['broke', 'still-fails', 'works'],
  );
  t.same(changesOf(historyOf(now), historyOf(now)), []);
  t.end();
});

t.test('the newest pair of each track', (t) => {
  const all = [sid('7.2.12-1'), sid('7.2.13-1', hang), entry(kernel('trixie', '6.12.117-1'))];
  t.same(
    newestOf(historyOf(all)).map(({ to }) => to.version),
    ['7.2.13-1', '6.12.117-1'],
  );
  t.end();
});
