import t from 'tap';
import { firstCharacters } from '../../src/boot/first-characters.ts';
import { signatures } from '../../src/boot/signatures/all.ts';
import { diagnose, readLog, recordedLogs } from './recorded-logs.ts';

function firstOf(pattern: RegExp): string {
  const can = firstCharacters(pattern);
  return Array.from(can)
    .map((one, code) => (one === 1 ? String.fromCharCode(code) : ''))
    .join('');
}

void t.test('what a text can begin with', (t) => {
  t.equal(firstOf(/^Bye!$/), 'B');
  t.equal(firstOf(/^(?:rcu: )?(?<reason>INFO: |BUG: )/), 'BIr');
  t.equal(firstOf(/^(?!x)[ab]?\d{2}/), '0123456789ab');
  t.equal(firstOf(/^ *\[/), ' [');
  t.equal(firstOf(/^(?:a|b)*c/), 'abc');
  t.equal(firstOf(/^\bz/), 'z');
  t.equal(firstOf(/^x{0,3}y/), 'xy');
  t.equal(firstOf(/^.x/).length, 128, 'any');
  t.equal(firstOf(/^(?:a)?/).length, 128, 'nothing at all');
  t.end();
});

void t.test('no signature is ever seen behind another character', (t) => {
  const possible = new Map(signatures.map(({ id, pattern }) => [id, firstCharacters(pattern)]));
  for (const { log } of recordedLogs) {
    for (const { signature, text } of diagnose([readLog(log)]).signals) {
      const body = text
        .replace(/^(?:<\d+>)?\[ *\d+\.\d{6}\](?:\[ *[TC]\d+\])? ?/, '')
        .replace(/^---\[ end /, '');
      const [code] = Array.from(body, (character) => character.charCodeAt(0));
      const can = possible.get(signature);
      if (code !== undefined && code < 128 && can !== undefined && can[code] !== 1)
        t.fail(`${signature} in ${log}: ${text}`);
    }
  }
  t.end();
});
