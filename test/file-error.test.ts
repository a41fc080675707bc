import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import t from 'tap';
import { ScenarioError, UnavailableError, UsageError } from '../src/errors.ts';
import {
  fileReason,
  hostFileError,
  isFileError,
  namedFileError,
  readableError,
  scenarioFileError,
} from '../src/file-error.ts';

function errorOf(action: () => unknown): NodeJS.ErrnoException {
  try {
    action();
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
  throw new Error('it did not throw');
}

const coded = (code: string, syscall: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}: words for programmers, ${syscall}`), { code, syscall });

t.test("errors of Node's file functions become sentences", async (t) => {
  const directory = t.testdir({ file: 'text' });
  const file = join(directory, 'file');
  const missing = join(directory, 'missing');
  const [notStarted] = (await once(spawn('/no/such/program'), 'error')) as [Error];
  const cases: [error: Error, place: string | RegExp][] = [
    [errorOf(() => readFileSync(missing)), missing],
    [errorOf(() => readFileSync(directory)), /./],
    [errorOf(() => readdirSync(file)), file],
    [
      errorOf(() => {
        mkdirSync(file);
      }),
      file,
    ],
    [
      errorOf(() => {
        writeFileSync('/dev/full', 'x');
      }),
      /./,
    ],
    [notStarted, '/no/such/program'],
  ];
  for (const [error, place] of cases)
    t.match(readableError(error), { exitCode: 5, place, cause: error });
  const described = cases.map(([error]) => readableError(error)?.describe());
  t.matchSnapshot(described.join('\n').replaceAll(`${directory}/`, ''), 'failed calls');
});

t.test('every error has a reason and a hint', (t) => {
  const codes = (
    'EACCES EAGAIN EBUSY EDQUOT EEXIST EFBIG EIO EISDIR ELOOP EMFILE ENAMETOOLONG ENFILE ENODEV ENOENT ENOMEM ENOSPC ' +
    'ENOTDIR ENOTEMPTY ENXIO EPERM EPIPE EROFS ERR_FS_FILE_TOO_LARGE ESTALE ETXTBSY EXDEV'
  ).split(' ');
  for (const code of codes) t.ok(isFileError(coded(code, 'open')), code);
  const others = [...getSystemErrorMap().values()]
    .map(([code]) => code)
    .filter((code) => !codes.includes(code));
  for (const code of others) t.notOk(isFileError(coded(code, 'open')), code);
  const described = codes.map((code) =>
    namedFileError(coded(code, 'open'), { place: code, doing: 'read this log' }).describe(),
  );
  t.matchSnapshot(described.join('\n'), 'errors by their codes');
  t.end();
});

t.test("a problem with a named path is the user's, a shortage of the host is not", (t) => {
  const named = (code: string) =>
    namedFileError(coded(code, 'open'), { place: 'x', doing: 'read this log' });
  t.match(named('ENOENT'), { constructor: UsageError, exitCode: 2, place: 'x' });
  t.match(named('EACCES'), { message: /\bread this log: /, exitCode: 2 });
  for (const code of ['ENOSPC', 'EMFILE', 'EIO', 'EDQUOT'])
    t.match(named(code), { constructor: UnavailableError, exitCode: 5 }, code);
  const failed = { place: 'x', doing: 'read this kernel' };
  t.match(scenarioFileError(coded('ENOENT', 'open'), failed), { constructor: ScenarioError });
  t.match(scenarioFileError(coded('EMFILE', 'open'), failed), { exitCode: 5 });
  t.match(hostFileError(coded('ENOENT', 'open'), failed), { exitCode: 5 });
  t.end();
});

t.test('a path other than the named one is mentioned', (t) => {
  const error = Object.assign(coded('EACCES', 'mkdir'), { path: '/a/b' });
  const reason = fileReason(error, '/a/b');
  t.notMatch(reason, '/a');
  t.equal(fileReason(error, '/a'), `${reason} (/a/b)`);
  t.equal(fileReason(error, '--kernel /a/b'), reason);
  t.equal(fileReason(new Error('what it is')), 'what it is');
  t.notMatch(fileReason(Object.assign(coded('ENOTSUP', 'open'), { errno: -95 })), 'ENOTSUP');
  t.end();
});

t.test('a bug is not taken for trouble with a file', (t) => {
  for (const error of [
    new TypeError('x is not a function'),
    coded('EBADF', 'write'),
    coded('EINVAL', 'read'),
    coded('ENOENT', 'connect'),
    Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG_TYPE' }),
    'ENOENT: text',
    null,
  ]) {
    t.notOk(isFileError(error), String(error));
    t.equal(readableError(error), null);
  }
  const own = new UsageError('mine');
  t.equal(readableError(own), own);
  t.end();
});
