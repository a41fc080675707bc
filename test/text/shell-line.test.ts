import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import t from 'tap';
import { signatures } from '../../src/signatures/all.ts';
import { shellLine, shellLineWithOutput } from '../../src/text/shell.ts';
import { diagnose, nearMisses, readLog, recordedLogs } from '../boot/recorded-logs.ts';

t.test('a shell runs the command, and says how it ended', (t) => {
  const run = (command: string, step: number): string =>
    execFileSync('sh', ['-c', shellLine(command, step)], { encoding: 'utf8' });
  t.equal(run("echo 'it''s' \"$((1 + 1))\"", 7), 'its 2\nkexec-lab: step 7 ended with 0\n');
  t.equal(run('exit 3', 8), 'kexec-lab: step 8 ended with 3\n', 'the shell itself goes on');
  t.equal(run('for i in 1 2\ndo echo $i; done', 9), '1\n2\nkexec-lab: step 9 ended with 0\n');
  t.end();
});

t.test('a command whose output is wanted is said with it', (t) => {
  const run = (command: string): string =>
    execFileSync('sh', ['-c', shellLineWithOutput(command, 7)], { encoding: 'utf8' });
  t.equal(run("echo 'it''s' %d"), 'kexec-lab: step 7 ended with 0, printed its %d\n');
  t.equal(run('echo a; echo b; exit 3'), 'kexec-lab: step 7 ended with 3, printed a\nb\n');
  t.end();
});

t.test('nothing that is typed can be taken for what a program prints', (t) => {
  // Every line that any recorded console shows a signature in, typed as a command, at any width of the terminal.
  const telling = recordedLogs.flatMap(({ log }) =>
    diagnose([readLog(log)]).signals.map(({ text }) => text),
  );
  t.ok(telling.length > signatures.length, `${telling.length} lines`);
  t.ok(Object.keys(nearMisses).length > 0);
  const prompts = fc.constantFrom('# ', '/root # ', 'root@kexec-lab:~# ');
  fc.assert(
    fc.property(
      fc.constantFrom(...telling),
      prompts,
      fc.integer({ min: 20, max: 200 }),
      (text, prompt, width) => {
        return [shellLine(text, 1), shellLineWithOutput(text, 1)].every((typed) => {
          const wrapped = `${prompt}${typed}`.replace(new RegExp(`.{${width}}`, 'g'), '$&\r\n');
          const seen = diagnose([Buffer.from(`${wrapped}\r\n`)]).signals;
          return seen.every(({ signature }) => /^(?:shell|bare)-prompt$/.test(signature));
        });
      },
    ),
  );
  t.end();
});
