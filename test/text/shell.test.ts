import assert from 'node:assert/strict';
import { execaSync } from 'execa';
import fc from 'fast-check';
import t from 'tap';
import { formatCommandLine, shellQuote } from '../../src/text/shell.ts';

t.test('one option with its value per line', (t) => {
  const argv = ['-m', '512', '-append', "root=/dev/vda it's", '-S'];
  t.equal(
    formatCommandLine('/opt/my qemu/bin/qemu-system-arm', argv),
    [
      String.raw`'/opt/my qemu/bin/qemu-system-arm' \ `.trim(),
      String.raw`  -m 512 \ `.trimEnd(),
      String.raw`  -append 'root=/dev/vda it'\''s' \ `.trimEnd(),
      '  -S',
    ].join('\n'),
  );
  t.end();
});

t.test('words that need no quotes have none', (t) => {
  t.equal(shellQuote('if=none,file=/a/b-c.img'), 'if=none,file=/a/b-c.img');
  t.equal(shellQuote(''), "''");
  t.end();
});

t.test('a shell reads back what was written', (t) => {
  const alphabet = [
    '-',
    'a',
    ' ',
    '$',
    '`',
    "'",
    '"',
    '\\',
    '\n',
    '!',
    '*',
    '~',
    '#',
    ';',
    '&',
    'é',
  ];
  const word = fc.string({ unit: fc.constantFrom(...alphabet) });
  const holds = fc.property(fc.array(word), (words) => {
    const command = formatCommandLine('printf', ['%s\\0', 'first', ...words]);
    const { stdout } = execaSync('sh', ['-c', command], { stripFinalNewline: false });
    assert.deepEqual(stdout.split('\0').slice(0, -1), ['first', ...words]);
  });
  t.doesNotThrow(() => {
    fc.assert(holds, { numRuns: 50 });
  });
  t.end();
});
