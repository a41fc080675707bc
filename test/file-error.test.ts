import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
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

t.test('errors of Node’s file functions become sentences', (t) => {
  const directory = t.testdir({ file: 'text' });
  const file = join(directory, 'file');
  const missing = join(directory, 'missing');
  const cases: [action: () => unknown, described: string][] = [
    [() => readFileSync(missing), `${missing}: cannot open: no such file or directory`],
    [() => readFileSync(directory), 'file system: cannot read: this is a directory'],
    [() => readdirSync(file), `${file}: cannot list: a part of the path is not a directory`],
    [
      () => {
        mkdirSync(file);
      },
      `${file}: cannot make this directory: it already exists`,
    ],
    [
      () => {
        writeFileSync('/dev/full', 'x');
      },
      'file system: cannot write: no space left on the disk',
    ],
  ];
  for (const [action, described] of cases) {
    const readable = readableError(errorOf(action));
    t.equal(readable?.describe().split('\n')[0], described);
    t.match(readable, { exitCode: 5, hint: /^[A-Z].*\.$/ });
  }
  t.end();
});

t.test('a program that is not there', async (t) => {
  const [error] = (await once(spawn('/no/such/program'), 'error')) as [Error];
  t.match(
    readableError(error)?.describe(),
    '/no/such/program: cannot run this program: no such file',
  );
});

t.test('what is wrong with a named path is the user’s, what the host lacks is not', (t) => {
  const named = (code: string) =>
    namedFileError(coded(code, 'open'), { place: 'x', doing: 'read this log' });
  t.match(named('ENOENT'), { constructor: UsageError, exitCode: 2, place: 'x' });
  t.match(named('EACCES'), { message: 'cannot read this log: permission denied', exitCode: 2 });
  for (const code of ['ENOSPC', 'EMFILE', 'EIO', 'EDQUOT'])
    t.match(named(code), { constructor: UnavailableError, exitCode: 5 }, code);
  const failed = { place: 'x', doing: 'read this kernel' };
  t.match(scenarioFileError(coded('ENOENT', 'open'), failed), { constructor: ScenarioError });
  t.match(scenarioFileError(coded('EMFILE', 'open'), failed), { exitCode: 5 });
  t.match(hostFileError(coded('ENOENT', 'open'), failed), { exitCode: 5 });
  t.end();
});

t.test('another path than the one that was named is told', (t) => {
  const error = Object.assign(coded('EACCES', 'mkdir'), { path: '/a/b' });
  t.equal(fileReason(error, '/a'), 'permission denied (/a/b)');
  t.equal(fileReason(error, '/a/b'), 'permission denied');
  t.equal(fileReason(error, '--kernel /a/b'), 'permission denied');
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
