import t from 'tap';
import { UsageError } from '../../src/errors.ts';
import { findStopPoint } from '../../src/recording/rewind.ts';
import { goodBoot, goodBootUntil } from '../run/cases.ts';

const console = Buffer.from(goodBoot);

t.test('behind the first line with a text', (t) => {
  const { offset, line } = findStopPoint(console, 'Run /init');
  t.equal(
    console.subarray(0, offset).toString(),
    goodBootUntil('Run /init as init process\r\n>>>'),
  );
  t.equal(line, 3);
  t.end();
});

t.test('behind the first line that shows a signal, by its name', (t) => {
  const { offset, line, text } = findStopPoint(console, 'kexec-bye');
  t.equal(console.subarray(0, offset).toString(), goodBootUntil('Bye!'));
  t.match({ line, text }, { line: 6, text: '[    4.000100] Bye!' });
  t.end();
});

t.test('a prompt is a line, though it has no end', (t) => {
  const last = { offset: console.length, line: 14, text: 'kexec-lab login: ' };
  t.strictSame(findStopPoint(console, 'login-prompt'), last);
  t.strictSame(findStopPoint(console, undefined), last, 'behind everything');
  t.end();
});

t.test('a console that never shows it, or shows nothing', (t) => {
  t.throws(() => findStopPoint(console, 'kexek-bye'), UsageError);
  t.throws(() => findStopPoint(console, 'kexek-bye'), { message: /did you mean "kexec-bye"\?/ });
  t.throws(() => findStopPoint(console, 'kernel-panic'), UsageError, 'a signal, not text');
  t.strictSame(findStopPoint(Buffer.alloc(0), undefined), { offset: 0, line: 0, text: '' });
  t.end();
});
