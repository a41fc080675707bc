import t from 'tap';
import { tablesOf } from '../../src/pairs/record.ts';
import { pairsPage } from '../../src/report/html/pairs-page.ts';
import { letter, pairsMarkdown, pairsText } from '../../src/report/pairs-text.ts';
import { createStyle } from '../../src/report/style.ts';
import { cell, hang, table } from '../pairs/tables.ts';

const releases = ['6.1.0-50-arm64', '7.2-arm64'];
const [old = '', recent = ''] = releases;
const pairs = tablesOf([
  table(releases, [cell(old, old), cell(old, recent), cell(recent, old, hang)]),
]);

t.test('the table on a terminal', (t) => {
  t.matchSnapshot(pairsText(pairs, createStyle({ columns: 80 })));
  const ascii = pairsText(pairs, createStyle({ columns: 40, ascii: true }));
  t.notMatch(ascii, /[^\x00-\x7f]/);
  t.end();
});

t.test('a pair that came up only when it was booted again is marked', (t) => {
  const flaky = tablesOf([table([old], [cell(old, old, { flaky: true })])]);
  t.match(pairsText(flaky, createStyle()), /^ {2}6\.1\.0-50-arm64 +\*$/m);
  t.match(pairsText(flaky, createStyle()), '1 of 1 pair came up, 1 of them only when booted again');
  t.match(pairsMarkdown(flaky), '✓ (again) 1.8');
  t.match(pairsPage(flaky), 'at the second attempt');
  t.end();
});

t.test('many columns stand in blocks', (t) => {
  const many = Array.from({ length: 30 }, (_, index) => `6.${index}-arm64`);
  const text = pairsText(tablesOf([table(many, [])]), createStyle({ columns: 80 }));
  t.ok(text.split('\n').every(({ length }) => length <= 80));
  t.match(text, /^ +y z ?aa/m);
  t.same([letter(0), letter(25), letter(26), letter(51), letter(52)], ['a', 'z', 'aa', 'az', 'ba']);
  t.end();
});

t.test('the table as Markdown', (t) => {
  t.matchSnapshot(pairsMarkdown(pairs));
  t.end();
});

t.test('the page leads to the console of each pair, and shows markup of guests as text', (t) => {
  const evil = { ...hang, evidence: [{ line: 1, text: '<b>Bye!</b>', signature: 'kexec-bye' }] };
  const page = pairsPage(tablesOf([table(releases, [cell(old, recent, evil)])]));
  t.match(page, 'href="runs/one/aarch64/a-to-b/console.log"');
  t.match(page, '&lt;b&gt;Bye!&lt;/b&gt;');
  t.notMatch(page, '<b>Bye!');
  t.match(page, /no result/, 'pairs without a result are named');
  t.end();
});
