import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import t from 'tap';
import { goodBoot } from '../run/cases.ts';
import { fakeRun } from './fake-run.ts';
import { kexecLabCommand } from './kexec-lab.ts';

// Every test here starts the program, and a machine may be slow.
t.setTimeout(1_200_000);

/** Runs kexec-lab under a limit of the shell's. */
async function limited(limit: string, words: string[], env: Record<string, string>) {
  const line = `${limit}; exec "$@"`;
  const all = ['-c', line, 'bash', ...kexecLabCommand, ...words];
  // The test runner's own modules would need most of it.
  return execa('bash', all, { reject: false, env: { NO_COLOR: '1', NODE_OPTIONS: '', ...env } });
}

t.test('too few open files: one clear message, or they are enough', async (t) => {
  for (const files of [48, 64]) {
    const { words, env, leftovers } = fakeRun(t, { text: goodBoot });
    const { exitCode, stderr } = await limited(`ulimit -n ${files}`, words('mine.yaml'), env);
    t.ok(exitCode === 5 || exitCode === 0, `${files}: exit code ${String(exitCode)}`);
    if (exitCode === 5) t.match(stderr, /\n {2}.*ulimit -n/);
    t.strictSame(leftovers(), []);
  }
});

t.test('records that cannot be written end the run, with one message and no verdict', async (t) => {
  // Its size is limited instead of the disk, which an ordinary user can do: 1 KiB a file.
  const { directory, words, env, leftovers } = fakeRun(t, { text: goodBoot });
  const names = words('mine.yaml', 'other.yaml', '--jobs', '2');
  const { exitCode, stdout, stderr } = await limited('ulimit -f 1', names, env);
  t.equal(exitCode, 5);
  t.match(stderr, /^\S+\.json(l)?: [^\n]+\n {2}[^\n]+$/);
  t.notMatch(stdout, /✗|failed/);
  const out = join(directory, 'runs');
  const latest = join(out, 'latest');
  t.ok(lstatSync(latest).isSymbolicLink() && existsSync(latest), readdirSync(out).join(' '));
  t.strictSame(leftovers(), []);
});

t.test('a QEMU that is killed is no verdict about the kernel', async (t) => {
  const play = { text: goodBoot.slice(0, 300), then: 'crash', signal: 'SIGKILL' };
  const { words, env, report } = fakeRun(t, play);
  const { exitCode } = await limited('true', words('mine.yaml'), env);
  t.equal(exitCode, 5);
  t.match(report(), { exitCode: 5, summary: { total: 1, unavailable: 1, fail: 0 } });
});
