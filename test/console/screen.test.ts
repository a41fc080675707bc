import fc from 'fast-check';
import t from 'tap';
import { createScreen } from '../../src/console/screen.ts';

async function shown(text: string, size = { columns: 20, rows: 4 }): Promise<string[]> {
  const screen = createScreen(size);
  screen.feed(Buffer.from(text));
  return screen.text();
}

t.test('lines, and what the cursor writes over them', async (t) => {
  t.same(await shown('one  \r\ntwo\r\n'), ['one', 'two', '', '']);
  t.same(await shown('one\x1b[3;5Hhere\x1b[1;1HO'), ['One', '', '    here', '']);
  t.same(await shown('old\x1b[2J\x1b[Hnew'), ['new', '', '', '']);
});

t.test('only what is still on the screen', async (t) => {
  t.same(await shown('1\r\n2\r\n3\r\n4\r\n5'), ['2', '3', '4', '5']);
});

t.test('asking does not change it, and feeding goes on', async (t) => {
  const screen = createScreen({ columns: 20, rows: 2 });
  screen.feed(Buffer.from('a'));
  t.same(await screen.text(), ['a', '']);
  t.same(await screen.text(), ['a', '']);
  screen.feed(Buffer.from('b\x1b[2'));
  t.same(await screen.text(), ['ab', '']);
  screen.feed(Buffer.from(';1Hc'));
  t.same(await screen.text(), ['ab', 'c'], 'a sequence in two parts');
});

t.test('what the guest prints cannot steer another terminal', async (t) => {
  const [row = ''] = await shown('a\u202Eb\u0007\u009Bc\x1b]0;title\x07\x1b[6n\x1b[8;99;99td');
  t.match(row, /^a.*b.*d$/);
  t.notMatch(row, /[\u0000-\u001F\u007F-\u009F\u202E]/);
});

t.test('how the bytes are chunked cannot matter', async (t) => {
  const piece = fc.constantFrom(
    '\x1b[',
    '2;3H',
    '\x1b[2J',
    'text ',
    '╔═╗',
    '\r\n',
    '\x1b[7m',
    '\n',
  );
  const holds = fc.asyncProperty(fc.array(piece), fc.nat(200), async (pieces, size) => {
    const bytes = Buffer.from(pieces.join(''));
    const screen = createScreen({ columns: 20, rows: 4 });
    for (let at = 0; at < bytes.length; at += size + 1) {
      screen.feed(bytes.subarray(at, at + size + 1));
      if (size % 2 === 0) await screen.text();
    }
    const whole = createScreen({ columns: 20, rows: 4 });
    whole.feed(bytes);
    return JSON.stringify(await screen.text()) === JSON.stringify(await whole.text());
  });
  // A screen that is read before the first carriage return.
  const examples: [string[], number][] = [[['text ', '\n', 'text ', '\r\n'], 0]];
  await t.resolves(fc.assert(holds, { numRuns: 40, examples }));
});

t.test('a flood keeps its end, and does not stay in memory', async (t) => {
  const screen = createScreen({ columns: 40, rows: 3 });
  const before = process.memoryUsage.rss();
  const noise = Buffer.from('\x1b[5;5Hx\u0301y'.repeat(4096));
  for (let count = 0; count < 1000; count += 1) screen.feed(noise);
  screen.feed(Buffer.from('\x1b[2J\x1b[Hthe end'));
  t.equal((await screen.text())[0], 'the end');
  const grown = (process.memoryUsage.rss() - before) / 2 ** 20;
  t.ok(grown < 100, `${grown.toFixed()} MiB more after ${(noise.length * 1000) / 2 ** 20} MiB`);
});

t.test('a cell that combining characters are piled up in is emptied', async (t) => {
  const screen = createScreen({ columns: 20, rows: 2 });
  screen.feed(Buffer.from(`a${'\u0301'.repeat(100_000)}`));
  t.ok(((await screen.text())[0] ?? '').length <= 160);
  t.same(await screen.text(), ['', '']);
});
