import { execFileSync } from 'node:child_process';
import { symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { UsageError } from '../../src/errors.ts';
import { fileReason } from '../../src/file-error.ts';
import { readInput, sizeInWords, checkOutput } from '../../src/host/user-file.ts';

function refusalOf(action: () => unknown): UsageError {
  try {
    action();
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

t.test('a file is read whole, up to its limit', (t) => {
  const directory = t.testdir({ file: 'text', empty: '' });
  const file = join(directory, 'file');
  t.equal(readInput(file, 4).toString(), 'text');
  t.equal(readInput(join(directory, 'empty'), 4).length, 0);
  t.throws(() => readInput(file, 3), {
    exitCode: 2,
    place: file,
    message: / 3 bytes \(4 bytes\)/,
  });
  truncateSync(file, 2 ** 40);
  t.throws(() => readInput(file, 2 ** 20, { hint: 'a hint', place: 'elsewhere' }), {
    message: / 1 MiB \(1 TiB\)/,
    place: 'elsewhere',
    hint: 'a hint',
  });
  t.end();
});

t.test('pipes, devices and directories are refused without being read', (t) => {
  const directory = t.testdir({ file: '' });
  execFileSync('mkfifo', [join(directory, 'pipe')]);
  symlinkSync('/dev/zero', join(directory, 'link'));
  symlinkSync('loop', join(directory, 'loop'));
  const refused: Record<string, string | undefined> = {
    [join(directory, 'pipe')]: undefined,
    [directory]: undefined,
    [join(directory, 'link')]: undefined,
    '/dev/zero': undefined,
    [join(directory, 'missing')]: 'ENOENT',
    [join(directory, 'loop')]: 'ELOOP',
    [join(directory, 'file', 'below')]: 'ENOTDIR',
    [join(directory, 'x'.repeat(300))]: 'ENAMETOOLONG',
  };
  const described = Object.entries(refused).map(([file, code]) => {
    const error = refusalOf(() => readInput(file, 100));
    t.match(error, { exitCode: 2, place: file, cause: code && { code } }, file);
    return error.describe();
  });
  const pipe = refusalOf(() => {
    checkOutput(join(directory, 'pipe'));
  });
  t.match(pipe, { exitCode: 2, place: join(directory, 'pipe') });
  const text = [...described, '# output', pipe.describe()].join('\n');
  t.matchSnapshot(text.replaceAll(directory, 'DIRECTORY'), 'files that are refused');
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
    t.fail('it was written');
  } catch (error) {
    t.match(error, { code: 'ENOENT' });
    t.notMatch(fileReason(error, join(directory, 'none', 'x')), /ENOENT|errno|none/);
  }
  t.equal(fileReason(new Error('other words')), 'other words');
  t.equal(sizeInWords(0), '0 bytes');
  t.equal(sizeInWords(1.5 * 2 ** 30), '1.5 GiB');
  t.end();
});
