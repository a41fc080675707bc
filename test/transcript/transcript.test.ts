import fc from 'fast-check';
import t from 'tap';
import { LineSplitter } from '../../src/console/lines.ts';
import { Transcript } from '../../src/transcript/transcript.ts';

/** A console as the machine wrote it: a kernel, programs, an empty line, a prompt behind a carriage return. */
const console = [
  '[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd034]',
  '[    0.000000] Linux version 6.1.0-50-arm64 (b@example) #1 SMP',
  '[    2.000000] Run /init as init process',
  '/init: line 337: kexec: not found',
  '',
  'Debian GNU/Linux 12 web1 ttyAMA0',
  '\rweb1 login: ',
];

/** What a recorder puts in front of the n-th line. */
type Recorder = (n: number) => string;

const two = (n: number): string => String(n).padStart(2, '0');
const recorders: Record<string, Recorder> = {
  ts: (n) => `Nov ${two(26)} 10:00:${two(n)} `,
  'ts -s': (n) => `00:00:${two(n)} `,
  'ts %.s': (n) => `17645148${two(n)}.123456 `,
  'a padded counter': (n) => `${String(9 + n).padStart(6)}: `,
  'an ISO time and a level': (n) =>
    `2026-11-26T10:00:${two(n)}.1Z [${n % 2 === 0 ? 'INFO' : 'DEBUG'}] `,
  'a bracketed date': (n) => `[26/Nov/2026 10:00:${two(n)}] `,
  'the same second all the time': () => '10:00:00 | ',
  'milliseconds since the start': (n) => `[${String(n * 111).padStart(7)} ms] `,
  'a name': () => 'rack7-console: ',
  'a name and a clock': (n) => `rack7 10:00:${two(n)} > `,
  'a quotation': () => '> ',
  'a quotation of a quotation': () => '> > ',
};

function read(lines: string[], chunk = Infinity): string[] {
  const bytes = Buffer.from(lines.join('\n'));
  const transcript = new Transcript();
  const found = [];
  for (let at = 0; at < bytes.length; at += Math.min(chunk, bytes.length))
    found.push(...transcript.feed(bytes.subarray(at, at + chunk)));
  return [...found, ...transcript.flush(), ...transcript.end()].map(({ text }) => text);
}

const plain = read(console);

t.test('a recorder that nobody listed is looked through', (t) => {
  t.same(plain.at(-1), 'web1 login:');
  for (const [name, recorder] of Object.entries(recorders)) {
    const recorded = console.map((line, n) => recorder(n) + line);
    t.same(read(recorded), plain, name);
    t.same(read(recorded, 1), plain, `${name}, byte by byte`);
    const trimmed = recorded.map((line) => line.trimEnd());
    t.same(read(trimmed), plain, `${name}, without blanks at the end`);
  }
  t.end();
});

t.test('a recorder that is turned on later, or changes, is found', (t) => {
  const long = Array.from({ length: 400 }, () => console).flat();
  const { ts, 'a name': name } = recorders;
  const recorded = long.map((line, n) =>
    n < 1024 ? line : ((n < 2048 ? ts : name)?.(n % 60) ?? '') + line,
  );
  // The seconds run backwards at each minute; the recorder of a test may not.
  const minutes = recorded.map((line, n) => line.replace('10:00:', `10:${two(n % 60)}:`));
  t.same(read(minutes.slice(0, 2000)).slice(0, 1024), read(long.slice(0, 1024)));
  t.same(read(recorded).slice(2048), read(long).slice(2048));
  t.end();
});

t.test('lines that a terminal cuts only later in the log are put together', (t) => {
  const short = Array.from(
    { length: 1024 },
    (_, n) => `[   10.${String(n).padStart(6, '0')}] line`,
  );
  const long = Array.from(
    { length: 512 },
    (_, n) => `[   11.${String(n).padStart(6, '0')}] ${`word${n}-`.repeat(20)}end`,
  );
  const cut = long.flatMap((line) => line.match(/.{1,81}/g) ?? []);
  t.same(read([...short, ...cut, '']).slice(1024), long);
  t.end();
});

t.test('what a machine writes itself is no recorder’s', (t) => {
  for (const line of [
    '[  OK  ] Started unit 1.',
    '[   12.345678] usb 1-1: new device',
    'root@web1:~# ',
    'Begin: Loading essential drivers ... done.',
    '/init: line 337: kexec: not found',
    'systemd[1]: Started session-1.scope.',
    '10.0.2.2 - - "GET / HTTP/1.1" 200',
  ]) {
    const lines = Array.from({ length: 9 }, (_, n) => line.replace('1', String(n + 1)));
    const splitter = new LineSplitter();
    const cleaned = [...splitter.feed(Buffer.from(lines.join('\n'))), ...splitter.end()];
    t.same(
      read(lines),
      cleaned.map(({ text }) => text.trimEnd()),
      line,
    );
  }
  t.end();
});

t.test('what copying damaged is repaired', (t) => {
  for (const [damaged, whole] of [
    ['^[[0;32m  OK  ^[[0m] Reached target', '  OK  ] Reached target'],
    ['[[0;32m  OK  [0m] Reached target', '[  OK  ] Reached target'],
    ['web1 login: \u00a0', 'web1 login:'],
    ['a \0b\u001b[0\0;1mc', 'a bc'],
    ['&gt;&gt;&gt; kexec: a &amp; b', '>>> kexec: a & b'],
    ['Bye!' + ' '.repeat(60), 'Bye!'],
    ['value &amp;lt; 3', 'value &lt; 3'],
    ['an [item] of [1] and [2]', 'an [item] of [1] and [2]'],
  ] as const)
    t.same(read([damaged]), [whole], damaged);
  t.end();
});

t.test('how the bytes are chunked never matters', (t) => {
  const line = fc.oneof(
    fc.constantFrom(...console, ...console.map((text) => `10:00:00 ${text}`)),
    fc.string(),
  );
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 600 }),
      fc.integer({ min: 1, max: 99 }),
      (lines, chunk) => {
        t.strictSame(read(lines, chunk), read(lines));
      },
    ),
    { numRuns: 20 },
  );
  t.end();
});
