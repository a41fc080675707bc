import t from 'tap';
import { kexecLab } from './kexec-lab.ts';

t.setTimeout(180_000);

t.test('a directory without a recording is one message and exit code 2', async (t) => {
  const { stdout, stderr, exitCode } = await kexecLab(['rewind', t.testdir()]);
  t.equal(exitCode, 2);
  t.equal(stdout, '');
  t.match(stderr, /^there is no recording in .*recording\.json'\n {2}Name the directory of a case/);
});

t.test('where to stop is only for gdb', async (t) => {
  const { stderr, exitCode } = await kexecLab(['rewind', t.testdir(), '--at', 'kexec-bye']);
  t.equal(exitCode, 2);
  t.match(stderr, '--at says where --gdb stops');
});
