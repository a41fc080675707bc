import t from 'tap';
import { signatures } from '../../src/signatures/all.ts';
import { requiredTexts } from '../../src/signatures/required-texts.ts';

void t.test('texts that every match has in it', (t) => {
  t.same(requiredTexts(/^Bye!$/), ['Bye!']);
  t.same(requiredTexts(/^(?:rcu: )?(?<reason>INFO: |BUG: )/).sort(), [
    'BUG: ',
    'INFO: ',
    'rcu: BUG: ',
    'rcu: INFO: ',
  ]);
  t.same(requiredTexts(/^(?!never)[ab]?\d{2} stuck/), [' stuck']);
  t.same(requiredTexts(/^(?=.*oops)[A-Z]\w*!$/), ['oops'], 'what must follow counts');
  t.same(requiredTexts(/^(?:one|other)+ more/).sort(), [' more']);
  t.same(requiredTexts(/^x[12]y$/).sort(), ['x1y', 'x2y']);
  t.same(requiredTexts(/^(?:login|console)$/).sort(), ['console', 'login']);
  t.same(
    requiredTexts(/^ab{2}c{0,1}\d/).sort(),
    ['abb', 'abbc'],
    'what may be missing does not count',
  );
  t.same(
    requiredTexts(/^z(?:\dab|cd)/).sort(),
    ['ab', 'cd'],
    'what is behind something unknown stands alone',
  );
  t.same(requiredTexts(/^[‘']kexec[’']: /), ['kexec'], 'ASCII only');
  t.same(requiredTexts(/^a very long text indeed/), ['a very long '], 'no longer than needed');
  t.end();
});

void t.test('a pattern without any is refused', (t) => {
  for (const pattern of [/^.*/, /^(?:a)?/, /^(?:b|\d+)/, /^(?!x)/])
    t.throws(() => requiredTexts(pattern), /can match anything/, String(pattern));
  t.end();
});

void t.test('each signature has texts of two characters or more, but for the bare prompts', (t) => {
  const short = signatures.filter(({ pattern }) =>
    requiredTexts(pattern).some(({ length }) => length < 2),
  );
  t.ok(
    short.every(({ prompt }) => prompt === true),
    short.map(({ id }) => id).join(),
  );
  t.end();
});
