import t from 'tap';
import { kexecLab } from './kexec-lab.ts';

t.setTimeout(1_200_000);

t.test('a directory without a recording is one message and exit code 2', async (t) => {
  const { stdout, stderr, exitCode } = await kexecLab(['rewind', t.testdir()]);
  t.equal(exitCode, 2);
  t.equal(stdout, '');
  t.match(stderr, /recording\.json: .*\n.*--record/);
});

t.test('where to stop is only for gdb', async (t) => {
  const { stderr, exitCode } = await kexecLab(['rewind', t.testdir(), '--at', 'kexec-bye']);
  t.equal(exitCode, 2);
  t.match(stderr, /--at.*--gdb/);
});

t.test('what cannot be recorded is told before anything is booted', async (t) => {
  const directory = t.testdir({ 'no-qemu': {}, runs: {} });
  const places = ['--qemu-dir', `${directory}/no-qemu`, '--out', `${directory}/runs`];
  const run = (scenario: string, ...options: string[]) =>
    kexecLab(['run', scenario, ...places, ...options]);
  const networked = await run('nbd-dies', '--record');
  t.match(networked.stderr, /^not recorded: .*scaleway-c1/);
  t.equal(networked.exitCode, 5);
  const later = await run('nbd-dies', '--record-on-failure', '3');
  t.match(later.stderr, /^not recorded: /);
  for (const ended of [await run('kexec-to-distro', '--record'), await run('nbd-dies')])
    t.notMatch(ended.stderr, 'not recorded');
});
