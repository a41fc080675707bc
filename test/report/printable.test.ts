import t from 'tap';
import {
  cut,
  printable,
  printableJson,
  printableLines,
  withoutCommands,
} from '../../src/report/printable.ts';
import { hostileTexts } from './events.ts';

/** What no printed line may hold: controls, format characters, surrogates, separators. */
const harmful = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]|##\[/u;

t.test('nothing harmful gets through, whatever a guest prints', (t) => {
  for (const text of hostileTexts) {
    t.notMatch(printable(text), harmful);
    t.ok(Array.from(printable(text)).length <= 400);
  }
  t.end();
});

t.test('ordinary text stays as it is', (t) => {
  for (const text of ['[   30.960773] Bye!', ">>> kexec: append='' # ::", 'Größe 日本語 ✓ 🙂']) {
    t.equal(printable(text), text);
  }
  t.end();
});

t.test('what is taken out is seen to be missing', (t) => {
  t.equal(printable('\x1b[1;31mred\x1b[0m'), 'red', 'colours carry no text');
  t.equal(printable('a\x07b\u202ec'), 'a\uFFFDb\uFFFDc');
  t.equal(printable('a\tb'), 'a b');
  t.equal(printable('x##[group]y'), 'x# #[group]y');
  t.equal(printable('abcdef', 4), 'abc…');
  t.equal(printable('🙂🙂🙂', 2), '🙂…', 'characters are never cut in two');
  t.equal(cut('abc', 3), 'abc');
  t.end();
});

t.test('several lines stay several lines', (t) => {
  t.equal(printableLines('a\x1b[2J\nb\rc'), 'a\nb\uFFFDc');
  t.end();
});

t.test('JSON loses nothing and holds nothing harmful', (t) => {
  const value = { texts: hostileTexts, number: 1.5, nothing: null };
  const json = printableJson(value);
  for (const line of json.split('\n')) t.notMatch(line, harmful);
  t.strictSame(JSON.parse(json), value);
  t.end();
});

t.test('what a CI system would obey is broken up, wherever it stands', (t) => {
  const same = (text: string) => printable(text) === text;
  t.equal(printable('a ##vso[task.complete]x'), 'a # #vso[task.complete]x');
  t.equal(printable('##VSO[x]'), '# #VSO[x]');
  t.equal(printable("##teamcity[x 'y']"), "# #teamcity[x 'y']");
  t.equal(printable('  ::error::x'), '  : :error::x');
  t.ok(same('C++ a::b, and ## [not a command]'));
  t.equal(withoutCommands('a\n##vso[x]\n ::y::\n'), 'a\n# #vso[x]\n : :y::\n');
  t.notMatch(printableJson({ a: '##vso[x] ##teamcity[y] ##[z]' }), /##/);
  t.same(JSON.parse(printableJson(['##vso[x]'])), ['##vso[x]'], 'JSON loses nothing');
  t.end();
});
