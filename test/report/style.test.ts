import t from 'tap';
import stripAnsi from 'strip-ansi';
import { diagnosisText } from '../../src/report/diagnosis-text.ts';
import { plainReporter } from '../../src/report/plain.ts';
import { createStyle, reflow, wantsAscii, wrap } from '../../src/report/style.ts';
import {
  caseFinished,
  hostileTexts,
  interrupted,
  options,
  recordedOutput,
  result,
  unavailable,
  wholeRun,
  wrongRoot,
} from './events.ts';

const widest = (text: string | string[]): number =>
  Math.max(
    ...[text].flat().flatMap((part) => part.split('\n').map((row) => stripAnsi(row).length)),
  );

t.test('the locale is the first of LC_ALL, LC_CTYPE and LANG that is not empty', (t) => {
  t.equal(wantsAscii(true, { LANG: 'en_GB.UTF-8' }), false);
  t.equal(wantsAscii(true, { LANG: 'C.utf8' }), false);
  t.equal(wantsAscii(true, { LC_CTYPE: 'UTF-8' }), false, 'as macOS has it');
  t.equal(wantsAscii(true, { LANG: 'en_GB.UTF-8', LC_ALL: 'C' }), true);
  t.equal(wantsAscii(true, { LANG: 'en_GB.UTF-8', LC_ALL: '' }), false);
  t.equal(wantsAscii(true, { LANG: 'C', LC_CTYPE: 'de_DE.UTF-8' }), false);
  t.equal(wantsAscii(false, { LANG: 'de_DE.ISO-8859-1' }), true, 'also in a pipe');
  t.equal(wantsAscii(true, { LANG: 'en_US' }), true, 'Latin-1 in glibc');
  t.equal(wantsAscii(true, {}), true, 'a terminal without a locale');
  t.equal(wantsAscii(false, {}), false, 'a log without a locale');
  t.end();
});

t.test('ASCII: symbols become words of one width, other characters become "?"', (t) => {
  const { mark, encode } = createStyle({ ascii: true });
  t.strictSame((['✓', '✗', '–', '?'] as const).map(mark), ['ok  ', 'FAIL', '-   ', '?   ']);
  t.equal(encode('a → b … “c”, it’s é'), 'a -> b ... "c", it\'s ?');
  t.equal(createStyle().mark('✓'), '✓');
  t.equal(createStyle().encode('é'), 'é');
  t.equal(createStyle({ ascii: true, color: true }).red('x'), '\x1b[31mx\x1b[39m');
  t.end();
});

t.test('a whole run in ASCII, whatever a guest printed', (t) => {
  const output = recordedOutput({ ascii: true });
  const reporter = plainReporter(output, options);
  for (const event of wholeRun([
    result('kexec', 'arm'),
    result('flaky', 'arm', { flaky: true }),
    unavailable('lab', 'arm'),
    interrupted('stopped', 'arm'),
    ...hostileTexts.map((text) => ({
      ...wrongRoot('disk', 'arm'),
      evidence: [{ line: 1, text, signature: 'x' }],
    })),
  ]))
    reporter.onEvent(event);
  t.notMatch(output.text(), /[^\x20-\x7e\n]/);
  t.match(output.text(), /^ok {3}arm\/kexec/m);
  t.match(output.text(), /^FAIL arm\/disk/m);
  t.match(output.text(), /^\.\.\. {2}arm\/kexec/m);
  t.end();
});

t.test('lines are wrapped between words; long words stay whole', (t) => {
  t.strictSame(wrap('  one two three', 10, 4), ['  one two', '    three']);
  t.strictSame(wrap('one', 2), ['one']);
  t.strictSame(wrap('fits, with  two spaces', 22), ['fits, with  two spaces']);
  t.strictSame(
    wrap('\x1b[31mone two\x1b[39m', 7),
    ['\x1b[31mone two\x1b[39m'],
    'colours take no room',
  );
  t.strictSame(
    wrap('    proof     /a/long/path: text', 20, 14),
    ['    proof', '    /a/long/path:', '              text'],
    'a word too long for the indent is put further out',
  );
  t.strictSame(createStyle().wrap('x '.repeat(500)), ['x '.repeat(500)], 'never in a pipe');
  t.end();
});

t.test('a wrapped command can be pasted', (t) => {
  const command = "kexec-lab run 'a file' --arch arm --tail";
  t.strictSame(createStyle({ columns: 60 }).wrapCommand(command, 2), [`  ${command}`]);
  const rows = createStyle({ columns: 28 }).wrapCommand(command, 2);
  t.strictSame(rows, ["  kexec-lab run 'a file' \\", '    --arch arm --tail']);
  const path = `sh /${'x'.repeat(40)}`;
  t.strictSame(createStyle({ columns: 28 }).wrapCommand(path), [path]);
  t.end();
});

t.test('columns that do not fit: the last is wrapped, or follows below', (t) => {
  const rows = [
    ['NAME', 'ARCH', 'TITLE'],
    ['kexec-to-distro', 'arm', 'kexec into the kernel of the distribution'],
  ];
  t.strictSame(createStyle().table(rows), [
    'NAME             ARCH  TITLE',
    'kexec-to-distro  arm   kexec into the kernel of the distribution',
  ]);
  t.strictSame(createStyle({ columns: 45 }).table(rows), [
    'NAME             ARCH  TITLE',
    'kexec-to-distro  arm   kexec into the kernel',
    '                       of the distribution',
  ]);
  t.strictSame(createStyle({ columns: 30 }).table(rows), [
    'NAME             ARCH',
    '    TITLE',
    'kexec-to-distro  arm',
    '    kexec into the kernel of',
    '    the distribution',
  ]);
  t.end();
});

t.test('paragraphs are rewrapped, lists are not joined', (t) => {
  t.equal(reflow('one two three\nfour\n\nfive', 10), 'one two\nthree four\n\nfive');
  t.equal(reflow('- one two three\n- four', 10), '- one two\nthree\n- four');
  t.equal(reflow('as it\nis', 10), 'as it\nis');
  t.end();
});

t.test('the lines of a run fit 60 columns', (t) => {
  const output = recordedOutput({ columns: 60, color: true });
  const reporter = plainReporter(output, options);
  const failed = {
    ...wrongRoot('systemctl-kexec-through-initramfs', 'aarch64'),
    meaning: 'A sentence that is much longer than the terminal is wide. '.repeat(3),
  };
  for (const event of wholeRun([failed, unavailable('kexec-to-distro', 'arm')]))
    reporter.onEvent(event);
  reporter.onEvent(caseFinished(failed));
  const rows = output.text().split('\n');
  const tooLong = rows.filter((row) => widest(row) > 60);
  t.strictSame(
    tooLong.filter((row) => !row.includes('runs/r1/')),
    [],
    'other than paths',
  );
  t.match(output.text(), / \\\n {16}systemctl-kexec/, 'the command is continued');
  t.end();
});

t.test('a diagnosis fits 60 columns', (t) => {
  const text = diagnosisText(
    {
      place: 'server.log',
      memory: [],
      diagnosis: {
        outcome: {
          id: 'bye-hang',
          generation: 1,
          stage: 'kexec',
          captures: {},
          evidence: [{ line: 3, text: 'word '.repeat(40), signature: 'kexec-bye' }],
          meaning: 'It stopped. '.repeat(20),
          cure: 'Try this → that. '.repeat(10),
        },
        doubt: { certainty: 'likely', alternatives: [], settle: 'A memory dump. '.repeat(10) },
        signals: [],
        signalsOmitted: 0,
        lines: 3,
      },
      excerpts: [],
    },
    { style: createStyle({ columns: 60, ascii: true }), width: 60, lineWidth: 60 },
  );
  t.ok(widest(text) <= 60);
  t.notMatch(text, /[^\x00-\x7f]/);
  t.end();
});
