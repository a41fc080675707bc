import { execFileSync } from 'node:child_process';
import { symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { fileReason } from '../../src/file-error.ts';
import { readInput, sizeInWords, checkOutput } from '../../src/host/user-file.ts';

t.test('a file is read whole, up to its limit', (t) => {
  const directory = t.testdir({ file: 'text', empty: '' });
  const file = join(directory, 'file');
  t.equal(readInput(file, 4).toString(), 'text');
  t.equal(readInput(join(directory, 'empty'), 4).length, 0);
  t.throws(() => readInput(file, 3), { exitCode: 2, place: file, message: /larger than 3 bytes/ });
  truncateSync(file, 2 ** 40);
  t.throws(() => readInput(file, 2 ** 20, { hint: 'a hint', place: 'elsewhere' }), {
    message: 'this file is larger than 1 MiB (1 TiB)',
    place: 'elsewhere',
    hint: 'a hint',
  });
  t.end();
});

t.test('nobody waits for what is no file, nor reads it for ever', (t) => {
  const directory = t.testdir({ file: '' });
  execFileSync('mkfifo', [join(directory, 'pipe')]);
  symlinkSync('/dev/zero', join(directory, 'link'));
  symlinkSync('loop', join(directory, 'loop'));
  const refused: Record<string, RegExp> = {
    [join(directory, 'pipe')]: /^this is a named pipe, not a file$/,
    [directory]: /^this is a directory, not a file$/,
    [join(directory, 'link')]: /^this is a device, not a file$/,
    '/dev/zero': /^this is a device, not a file$/,
    [join(directory, 'missing')]: /^cannot read this file: no such file or directory$/,
    [join(directory, 'loop')]: /too many symbolic links/,
    [join(directory, 'file', 'below')]: /a part of the path is not a directory/,
    [join(directory, 'x'.repeat(300))]: /the path is too long/,
  };
  for (const [file, message] of Object.entries(refused))
    t.throws(() => readInput(file, 100), { exitCode: 2, place: file, message }, file);
  t.throws(() => {
    checkOutput(join(directory, 'pipe'));
  }, /a named pipe, which cannot be written to/);
  for (const fine of ['file', 'missing'])
    t.doesNotThrow(() => {
      checkOutput(join(directory, fine));
    });
  t.end();
});

t.test("no message holds the operating system's codes", (t) => {
  const directory = t.testdir({});
  try {
    writeFileSync(join(directory, 'none', 'x'), '');
  } catch (error) {
    t.equal(fileReason(error, join(directory, 'none', 'x')), 'no such file or directory');
  }
  t.equal(fileReason(new Error('other words')), 'other words');
  t.equal(sizeInWords(0), '0 bytes');
  t.equal(sizeInWords(1.5 * 2 ** 30), '1.5 GiB');
  t.end();
});
