import { execa } from 'execa';
import t from 'tap';

t.test('in a pipe, the report of a failure is plain text', async (t) => {
  const { exitCode, stdout, stderr } = await execa(
    process.execPath,
    [
      '--import=tsx',
      'scripts/run-tests.ts',
      'test/fixtures/failing/fails.mjs',
      '--include=test/fixtures/failing/*.mjs',
    ],
    { reject: false, env: { TAP: '0' } },
  );
  t.equal(exitCode, 1);
  t.match(stdout, /one is two/);
  t.match(stdout, /1 fail/);
  t.notMatch(stdout + stderr, /\u001B/, 'no escape sequences');
});
