import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { Test } from 'tap';
import t from 'tap';
import { fakeRun } from '../cli/fake-run.ts';
import { kexecLabCommand } from '../cli/kexec-lab.ts';
import { fakeQemuDirectory, temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { goodBoot } from '../run/cases.ts';
import { least, writeFiles } from '../scenario/files.ts';

t.setTimeout(1_200_000);

const program = join(dirname(dirname(kexecLabCommand[1] ?? '')), 'action/main.js');

type Env = Record<string, string>;

type Performed = {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
  outputs: Record<string, string>;
};

/** Runs a step of the Action in a directory, and returns its outputs with what it printed. */
async function perform(
  t: Test,
  step: string,
  inputs: object,
  cwd: string,
  more: Env = {},
): Promise<Performed> {
  const output = join(temporaryDirectory(t), 'output');
  writeFileSync(output, '');
  const env = { INPUTS: JSON.stringify(inputs), GITHUB_OUTPUT: output, ...more };
  const options = { cwd, env, reject: false } as const;
  const { exitCode, stdout, stderr } = await execa(process.execPath, [program, step], options);
  const text = readFileSync(output, 'utf8');
  const values = [...text.matchAll(/^([\w-]+)<<(end-[0-9a-f]{32})\n(.*?)\n\2$/gms)];
  const outputs = Object.fromEntries(values.map(([, name = '', , value = '']) => [name, value]));
  return { exitCode, stdout, stderr, outputs };
}

t.test('plan sets the directory of images and the key', async (t) => {
  const cache = temporaryDirectory(t);
  const env = { KEXEC_LAB_CACHE: cache };
  const planned = await perform(t, 'plan', { what: 'quick' }, t.testdir(), env);
  t.match(planned, { exitCode: 0, stdout: '', stderr: '' });
  t.strictSame(Object.keys(planned.outputs), ['images', 'cache-key']);
  t.equal(planned.outputs['images'], join(cache, 'images'));
  t.match(planned.outputs['cache-key'], /^kexec-lab-images-[0-9a-f]{16}$/);
});

t.test('a mistake in a scenario is an annotation at its line, and its exit code', async (t) => {
  const directory = writeFiles(t, { 'mine.yaml': `${least}bot: {}\n` });
  const planned = await perform(t, 'plan', { what: './mine.yaml' }, directory);
  t.equal(planned.exitCode, 2);
  t.strictSame(planned.outputs, {});
  t.match(planned.stdout, /^::error file=mine\.yaml,line=5,title=kexec-lab::\.\/mine\.yaml:5:1: /);
  t.match(planned.stderr, /^\S*mine\.yaml:5:1: .*"bot"/);
});

t.test('other mistakes are annotations without a place', async (t) => {
  const directory = t.testdir();
  const cases: [inputs: object, exitCode: number, message: RegExp][] = [
    [{ command: 'chekc' }, 2, /input "command": unknown command "chekc"/],
    [{ what: 'no-such-scenario' }, 4, /no-such-scenario/],
    [{ command: 'check', what: 'arm-*', arch: 'aarch64' }, 4, /./],
  ];
  for (const [inputs, exitCode, message] of cases) {
    const planned = await perform(t, 'plan', inputs, directory);
    t.equal(planned.exitCode, exitCode, JSON.stringify(inputs));
    t.match(planned.stdout, /^::error title=kexec-lab::/);
    t.match(planned.stderr, message);
    t.strictSame(planned.outputs, {});
  }
});

t.test('an input cannot write a command into the log', async (t) => {
  const inputs = { command: 'x\n::set-output name=y::z' };
  const { exitCode, stdout, stderr } = await perform(t, 'plan', inputs, t.testdir());
  t.equal(exitCode, 2);
  t.notMatch(stderr, /^\s*::/m);
  t.equal(stdout.split('\n').length, 1);
});

t.test('outside GitHub Actions it says what it is', async (t) => {
  const env = { GITHUB_OUTPUT: '' };
  const planned = await perform(t, 'plan', { what: 'quick' }, t.testdir(), env);
  t.equal(planned.exitCode, 2);
  t.match(planned.stderr, /^GITHUB_OUTPUT .*\n.*step of a GitHub Action/);
});

t.test('run boots the scenarios, and its exit code is that of kexec-lab', async (t) => {
  for (const [text, exitCode, verdict] of [
    [goodBoot, 0, 'ROLL'],
    ['Kernel panic - not syncing: Attempted to kill init!\r\n', 1, 'HOLD'],
  ] as const) {
    const { directory, env } = fakeRun(t, { text });
    const host = { ...env, KEXEC_LAB_QEMU_DIR: fakeQemuDirectory };
    const inputs = { what: './mine.yaml', out: 'reports' };
    const ran = await perform(t, 'run', inputs, directory, host);
    t.equal(ran.exitCode, exitCode, ran.stderr);
    t.strictSame(ran.outputs, {
      ...{ verdict, 'exit-code': String(exitCode), runs: 'reports' },
      ...{ report: 'reports/report.html', junit: 'reports/junit.xml' },
    });
  }
});

t.test('keep names the key for new images, and none where there are none', async (t) => {
  const cache = temporaryDirectory(t);
  const env = { KEXEC_LAB_CACHE: cache, CACHE_KEY: 'the-key', RESTORED_KEY: '' };
  const keep = (more: Env = {}) => perform(t, 'keep', {}, t.testdir(), { ...env, ...more });
  t.match(await keep(), { exitCode: 0, outputs: { 'save-key': '' } });
  mkdirSync(join(cache, 'images/one'), { recursive: true });
  const kept = await keep();
  t.match(kept, { exitCode: 0, outputs: { 'save-key': /^the-key-[0-9a-f]{16}$/ } });
  const again = await keep({ RESTORED_KEY: kept.outputs['save-key'] ?? '' });
  t.match(again, { exitCode: 0, outputs: { 'save-key': '' } });
});

t.test('an unknown step is a bug of action.yml', async (t) => {
  const { exitCode, stderr } = await perform(t, 'paln', {}, t.testdir());
  t.equal(exitCode, 1);
  t.match(stderr, 'unknown step "paln"');
});
