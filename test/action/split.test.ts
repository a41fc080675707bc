import t from 'tap';
import { linesOf, wordsOf } from '../../src/action/split.ts';

t.test('words stand on any number of lines, with comments and quotes', (t) => {
  const cases: [text: string, words: string[]][] = [
    ['', []],
    ['quick', ['quick']],
    ['a b\n\n  c\t d \r\n', ['a', 'b', 'c', 'd']],
    ['# a comment\na # and another\n#\nb', ['a', 'b']],
    ['https://x/y#sha256=1 a#b', ['https://x/y#sha256=1', 'a#b']],
    ['"./my boots/a.yaml" ./\'other boots\'/b.yaml', ['./my boots/a.yaml', './other boots/b.yaml']],
    [`"it's" 'a "b"' ""`, ["it's", 'a "b"', '']],
    ['arm-* $HOME `id` ~ \\', ['arm-*', '$HOME', '`id`', '~', '\\']],
  ];
  for (const [text, words] of cases) t.strictSame(wordsOf(text), words, JSON.stringify(text));
  t.end();
});

t.test('a quote without its end is refused, with its line', (t) => {
  for (const text of ['a\n"b', "a\nb c'd", 'a\n"b" \'', 'a\nb"'])
    t.throws(() => wordsOf(text), { message: 'line 2 has a quote without its end' }, text);
  t.end();
});

t.test('lines are taken whole', (t) => {
  t.strictSame(linesOf('# mine\n my boots \n\n"quoted"\n'), ['my boots', '"quoted"']);
  t.end();
});
