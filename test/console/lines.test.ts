import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { LineSplitter } from '../../src/console/lines.ts';
import type { ConsoleLine } from '../../src/console/lines.ts';

function split(...chunks: (string | Uint8Array)[]): ConsoleLine[] {
  const lines = new LineSplitter();
  const found = chunks.flatMap((chunk) => lines.feed(Buffer.from(chunk as string)));
  return [...found, ...lines.end()];
}

const texts = (...chunks: (string | Uint8Array)[]): string[] => split(...chunks).map((l) => l.text);

t.test('a line ends at its newline and has its number', (t) => {
  t.strictSame(split('one\ntwo\r\n\nfour'), [
    { line: 1, text: 'one', segments: ['one'] },
    { line: 2, text: 'two', segments: ['two'] },
    { line: 3, text: '', segments: [''] },
    { line: 4, text: 'four', segments: ['four'] },
  ]);
  t.end();
});

t.test('escape sequences, control and invisible characters are gone', (t) => {
  t.strictSame(texts('\x1b[1;36m>>> \x1b[0mInstalling busybox...\n'), [
    '>>> Installing busybox...',
  ]);
  t.strictSame(texts('(initramfs) \x1b[6n'), ['(initramfs) ']);
  t.strictSame(texts('a\x1b]0;evil title\x07b\x1b]8;;http://x\x1b\\c\n'), ['abc']);
  t.strictSame(texts('a\0b\x07c\x08d\x7f\u202ee\u200bf\ufeffg\th\n'), ['abcdefg\th']);
  t.strictSame(texts(Buffer.from([0x61, 0xff, 0xc3, 0x0a])), ['a\ufffd\ufffd']);
  t.end();
});

t.test('text the cursor jumped to is a segment of its own', (t) => {
  t.strictSame(split('50%\r100%\r\n')[0]?.segments, ['50%', '100%']);
  t.strictSame(split('\x1b[2J\x1b[01;01HPress ESC\x1b[05;01HShell> ')[0]?.segments, [
    'Press ESC',
    'Shell> ',
  ]);
  t.end();
});

t.test('a line longer than 4096 bytes keeps its two ends', (t) => {
  const [line] = split(
    `${'a'.repeat(3000)}${'b'.repeat(90_000)}${'c'.repeat(100)}[    1.000000] Bye!\n`,
  );
  t.equal(line?.segments.length, 2);
  t.match(line?.segments[0], /^a{2048}…$/);
  t.match(line?.segments[1], /^…b{1929}c{100}\[ {4}1\.000000\] Bye!$/u);
  t.strictSame(texts('x'.repeat(4096)), ['x'.repeat(4096)]);
  t.end();
});

t.test('chunks do not matter', (t) => {
  const piece = fc.oneof(
    fc.constantFrom('\n', '\r\n', '\x1b[6n', 'é', '[    1.000000] Bye!', 'z'.repeat(3000)),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece), fc.array(fc.nat(700)), (pieces, sizes) => {
      const bytes = Buffer.from(pieces.join(''));
      const chunks: Buffer[] = [];
      let from = 0;
      for (const size of sizes) chunks.push(bytes.subarray(from, (from += size)));
      assert.deepEqual(split(...chunks, bytes.subarray(from)), split(bytes));
    }),
  );
  t.end();
});

t.test('the unfinished line can be looked at without finishing it', (t) => {
  const lines = new LineSplitter();
  t.equal(lines.rest, null);
  lines.feed(Buffer.from('one\nkexec-lab lo'));
  t.strictSame(lines.rest, { line: 2, text: 'kexec-lab lo', segments: ['kexec-lab lo'] });
  lines.feed(Buffer.from('gin: '));
  t.equal(lines.rest?.text, 'kexec-lab login: ');
  t.strictSame(lines.end(), [
    { line: 2, text: 'kexec-lab login: ', segments: ['kexec-lab login: '] },
  ]);
  t.equal(lines.rest, null);
  t.end();
});

t.test('what a chunk holds is copied', (t) => {
  const lines = new LineSplitter();
  const chunk = Buffer.from('kexec');
  lines.feed(chunk);
  chunk.fill(0x78);
  t.equal(lines.rest?.text, 'kexec');
  t.end();
});
