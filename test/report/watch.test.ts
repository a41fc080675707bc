import t from 'tap';
import { watchPage } from '../../src/report/html/watch-page.ts';
import { createStyle } from '../../src/report/style.ts';
import { watchMarkdown, watchSummary, watchText } from '../../src/report/watch-text.ts';
import { changesOf } from '../../src/watch/changes.ts';
import { historyOf, pairOf } from '../../src/watch/history.ts';
import { entry, hang, kernel, panic, watchOf } from '../watch/entries.ts';

const sid = kernel('sid', '7.2.13-1');
const earlier = historyOf([
  entry(kernel('sid', '7.2.12-1')),
  entry(kernel('trixie', '6.12.116-1'), hang),
  entry(kernel('experimental', '7.3~rc2-1'), { ...panic, cure: true, machine: 'scaleway-c1' }),
]);
const now = historyOf([
  ...earlier.entries,
  entry(sid, hang),
  entry(kernel('trixie', '6.12.117-1')),
  entry(kernel('bookworm', '6.1.177-1'), { guestSeconds: null }),
]);
const [older] = earlier.entries.filter(({ cure }) => cure);
const watch = watchOf({
  changes: changesOf(earlier, now, new Map([[pairOf(entry(sid, hang)), 'runs/one/aarch64/a']])),
  failing: older === undefined ? [] : [older],
  notAsked: [{ arch: 'arm', suite: 'trixie-backports', why: 'its index is damaged' }],
  withoutResult: 1,
});

t.test('on a terminal', (t) => {
  const text = watchText(watch, createStyle({ columns: 80 }));
  t.matchSnapshot(text);
  const ascii = watchText(watch, createStyle({ columns: 60, ascii: true }));
  t.notMatch(ascii, /[^\x00-\x7f]/);
  t.end();
});

t.test('as Markdown', (t) => {
  t.matchSnapshot(watchMarkdown(watch, now));
  t.end();
});

t.test('as a page', (t) => {
  const page = watchPage(watch, now);
  for (const text of [
    'bye-hang',
    'sid 7.2.13-1 (cloud-arm64)',
    'Bye!',
    'its index is damaged',
    'href="runs/one/aarch64/a/console.log"',
  ])
    t.match(page, text);
  const sly = historyOf([entry(sid, { ...hang, meaning: '<script>alert(1)</script>' })]);
  t.notMatch(watchPage(watchOf({ changes: changesOf(earlier, sly) }), sly), '<script>alert');
  t.end();
});

t.test('each kind of change has words', (t) => {
  const after = (before: typeof hang | null, end: typeof hang) => {
    const old = before === null ? [] : [entry(kernel('sid', '7.2.12-1'), before)];
    const changes = changesOf(historyOf(old), historyOf([...old, entry(sid, end)]));
    return watchText(watchOf({ changes }), createStyle({ columns: 200 }));
  };
  t.match(after({}, hang), 'it broke: 7.2.12-1 came up');
  t.match(after(null, hang), 'it fails; no earlier version was booted');
  t.match(after(panic, hang), 'it fails in another way: 7.2.12-1 ended with kernel-panic');
  t.match(after(hang, hang), 'it fails like 7.2.12-1');
  t.match(after(hang, {}), 'works again: 7.2.12-1 failed');
  t.match(after({}, {}), 'works like 7.2.12-1');
  const from = kernel('bookworm', '6.1.177-1');
  const changes = changesOf(historyOf([entry(sid)]), historyOf([entry(sid), entry(sid, { from })]));
  t.match(
    watchText(watchOf({ changes }), createStyle({ columns: 200 })),
    'like 7.2.13-1 after 6.1.176-1',
  );
  t.equal(watchSummary(watchOf({})), 'No new pair was booted.');
  t.end();
});
