import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { Test } from 'tap';
import t from 'tap';
import { fakeRun } from '../cli/fake-run.ts';
import { kexecLabCommand } from '../cli/kexec-lab.ts';
import { fakeQemuDirectory, temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { goodBoot } from '../run/cases.ts';
import { performAction } from './composite.ts';
import { Runner } from './runner.ts';

t.setTimeout(1_200_000);

const repository = dirname(dirname(dirname(kexecLabCommand[1] ?? '')));
const panic = 'Kernel panic - not syncing: Attempted to kill init!\r\n';

/** The Action as a release has it, in a directory with a space: the package's files, and no node_modules. */
function release(directory: string, files = packagedFiles()): string {
  const action = join(directory, 'action path');
  for (const file of files)
    if (existsSync(file)) cpSync(file, join(action, file), { recursive: true });
  return action;
}

function packagedFiles(): string[] {
  const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as { files: string[] };
  return ['package.json', ...files];
}

/** A workspace with two scenarios, and the fake QEMU that plays `text` in them. */
function workspace(t: Test, text: string, more: Record<string, string> = {}) {
  const { directory, env } = fakeRun(t, { text });
  const cache = join(directory, 'the cache');
  const runner = new Runner(directory, {
    ...env,
    KEXEC_LAB_QEMU_DIR: fakeQemuDirectory,
    KEXEC_LAB_CACHE: cache,
    ...more,
  });
  mkdirSync(join(runner.workspace, 'my boots'));
  for (const file of ['kernel', 'initramfs', 'mine.yaml']) {
    cpSync(join(directory, file), join(runner.workspace, file));
    const other = file === 'mine.yaml' ? 'other.yaml' : file;
    cpSync(join(directory, file), join(runner.workspace, 'my boots', other));
  }
  return { directory, cache, runner };
}

/** A release whose kexec-lab only writes down its arguments, writes the report and ends with EXIT_CODE. */
function withRecorder(directory: string): string {
  const action = release(directory);
  writeFileSync(
    join(action, 'dist/cli/main.js'),
    `import { writeFileSync } from 'node:fs';
     const words = process.argv.slice(2);
     writeFileSync('words.json', JSON.stringify(words));
     const html = words.find((word) => word.startsWith('--html='));
     if (html && process.env.EXIT_CODE !== '5') writeFileSync(html.slice(7), 'a page');
     console.log('::error::said by a file');
     process.exitCode = Number(process.env.EXIT_CODE);`,
  );
  return action;
}

const what = `
# a comment, and an empty line

  mine.yaml
"./my boots/other.yaml"  # with a space
`;

t.test('scenarios on several lines are booted, and everything is an output', async (t) => {
  const { directory, cache, runner } = workspace(t, goodBoot);
  mkdirSync(join(cache, 'images/made-meanwhile'), { recursive: true });
  const done = await performAction(runner, release(directory), { what });
  t.equal(done.failed, false, done.log);
  t.strictSame(done.outputs, {
    verdict: 'ROLL',
    'exit-code': '0',
    report: 'runs/report.html',
    junit: 'runs/junit.xml',
    runs: 'runs',
  });
  const run = (name: string) => readFileSync(join(runner.workspace, 'runs', name), 'utf8');
  t.match(run('report.html'), '<!doctype html>');
  t.match(run('junit.xml'), 'tests="2"');
  t.match(runner.read('GITHUB_STEP_SUMMARY'), /^## kexec-lab: 2 passed\b/m);

  const [restore, save] = done.used;
  const images = join(cache, 'images');
  t.match(restore, { action: 'actions/cache/restore@v6', with: { path: images } });
  t.match(save, { action: 'actions/cache/save@v6', with: { path: images } });
  const key = restore?.with['key'] ?? '';
  t.match(key, /^kexec-lab-images-[0-9a-f]{16}$/);
  t.ok(save?.with['key']?.startsWith(`${key}-`), 'the saved key is found by its beginning');
  t.equal(runner.read('GITHUB_PATH') + runner.read('GITHUB_ENV'), '', "the job's Node.js stays");

  const again = await performAction(
    runner,
    join(directory, 'action path'),
    { what },
    save?.with['key'],
  );
  t.strictSame(
    again.used.map(({ action }) => action),
    ['actions/cache/restore@v6'],
    'what is cached already is not saved again',
  );
});

t.test('after a failure the images are saved, and the verdict is HOLD', async (t) => {
  const { directory, cache, runner } = workspace(t, panic);
  mkdirSync(join(cache, 'images/made-meanwhile'), { recursive: true });
  const done = await performAction(runner, release(directory), { what: 'mine.yaml', retries: '1' });
  t.equal(done.failed, true);
  t.match(done.outputs, { verdict: 'HOLD', 'exit-code': '1', report: 'runs/report.html' });
  t.equal(done.used.at(-1)?.action, 'actions/cache/save@v6');
  t.match(done.log, '::error file=mine.yaml');
});

t.test('what a command does not know is refused before anything runs', async (t) => {
  const { directory, runner } = workspace(t, goodBoot);
  const action = release(directory);
  const refused: [Record<string, string>, RegExp][] = [
    [{ command: 'check', shard: '1/2' }, /input "shard": .*\bcheck\b/],
    [{ command: 'preflight', what: 'quick' }, /input "what": .*\bpreflight\b/],
    [{ command: 'chekc' }, /input "command": .*"chekc".*"check"/],
    [{ what: '"mine.yaml' }, /input "what": .*\b1\b/],
    [{ kernel: 'a\nb' }, /input "kernel": /],
    [{ what: 'no-such-scenario' }, /no-such-scenario/],
  ];
  for (const [inputs, message] of refused) {
    const done = await performAction(runner, action, inputs);
    t.equal(done.failed, true);
    t.match(done.log, message);
    t.match(done.log, '::error title=kexec-lab::');
    t.strictSame(done.used, [], 'nothing is restored or saved');
    t.equal(done.outputs['verdict'], '');
  }
});

t.test('check: every input becomes its option, and the exit code the verdict', async (t) => {
  const inputs = {
    ...{ command: 'check', what: 'check other', arch: 'arm', scenarios: 'my boots\nothers' },
    ...{ kernel: './a kernel', initrd: '-i', 'kexec-tools': 'debian:trixie', baseline: 'b' },
    ...{ 'first-kernel': 'f', repeat: '2', jobs: '1', mirror: 'm', out: 'the reports' },
    'fail-on': 'costlier\nfixed',
  };
  const verdicts = { 0: 'ROLL', 7: 'HOLD', 5: '', 2: '' };
  for (const [exitCode, verdict] of Object.entries(verdicts)) {
    const { directory, runner } = workspace(t, goodBoot, { EXIT_CODE: exitCode });
    mkdirSync(join(runner.workspace, 'others'));
    const done = await performAction(runner, withRecorder(directory), inputs);
    t.match(done.outputs, {
      ...{ verdict, 'exit-code': exitCode, junit: '' },
      report: exitCode === '5' ? '' : 'the reports/comparison.html',
    });
    t.equal(done.failed, exitCode !== '0');
    const [, token = ''] = /^::stop-commands::(\w+)$/m.exec(done.log) ?? [];
    t.match(done.log, `::stop-commands::${token}\n::error::said by a file\n::${token}::\n`);
    const words = readFileSync(join(runner.workspace, 'words.json'), 'utf8');
    t.strictSame(JSON.parse(words), [
      ...['check', '--with-deps', '--arch=arm', '--scenarios=my boots', '--scenarios=others'],
      ...['--kernel=./a kernel', '--initrd=-i', '--kexec-tools=debian:trixie', '--first-kernel=f'],
      ...['--baseline=b', '--fail-on=costlier', '--fail-on=fixed', '--repeat=2', '--jobs=1'],
      ...['--mirror=m', '--out=the reports', '--html=the reports/comparison.html'],
      ...[`--markdown=${runner.file('GITHUB_STEP_SUMMARY')}`, '--', 'check', 'other'],
    ]);
  }
});

t.test('preflight: what it says is the report and stands in the summary', async (t) => {
  const { directory, runner } = workspace(t, goodBoot, { EXIT_CODE: '7' });
  const inputs = { command: 'preflight', kernel: './vmlinuz', arch: 'arm aarch64' };
  const done = await performAction(runner, withRecorder(directory), inputs);
  t.match(done.outputs, { verdict: 'HOLD', report: 'runs/preflight.txt' });
  const words = readFileSync(join(runner.workspace, 'words.json'), 'utf8');
  const options = ['--with-deps', '--arch=arm', '--arch=aarch64', '--kernel=./vmlinuz'];
  t.strictSame(JSON.parse(words), ['preflight', ...options]);
  const said = '::error::said by a file\n';
  t.equal(readFileSync(join(runner.workspace, 'runs/preflight.txt'), 'utf8'), said);
  t.equal(runner.read('GITHUB_STEP_SUMMARY'), `\`\`\`text\n${said}\`\`\`\n`);
});

t.test('a ref that is source is bundled, with what the program imports only', async (t) => {
  const { directory, runner } = workspace(t, goodBoot);
  const source = [...packagedFiles(), 'src', 'scripts', 'package-lock.json'];
  const action = release(
    directory,
    source.filter((file) => file !== 'dist'),
  );
  const bin = join(directory, 'bin');
  mkdirSync(bin);
  // The registry's part is played here: what npm installs is there already.
  const npm = `echo "npm $*" >> "$RUNNER_TEMP/installed"; ln -s '${repository}/node_modules' .`;
  const npx = `echo "npx $2" >> "$RUNNER_TEMP/installed"; shift 2; exec '${repository}/node_modules/.bin/esbuild' "$@"`;
  for (const [name, script] of Object.entries({ npm, npx }))
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  symlinkSync(process.execPath, join(bin, 'node'));
  const env = { ACTION: action, PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  const setup = await runner.script('bash "$ACTION/action/setup.sh"', env);
  t.equal(setup.exitCode, 0, setup.log);
  const installed = readFileSync(join(runner.temporary, 'installed'), 'utf8');
  t.match(installed, /^npm ci --omit=dev --ignore-scripts .*\nnpx esbuild@\d+\.\d+\.\d+\n$/);
  const done = await performAction(runner, action, { what: 'mine.yaml' });
  t.equal(done.outputs['verdict'], 'ROLL', done.log);
});

t.test('a Node.js that is too old is passed over, and stays the job’s', async (t) => {
  const directory = temporaryDirectory(t);
  const runner = new Runner(directory);
  const action = release(directory, ['action', 'package.json']);
  mkdirSync(join(action, 'dist/action'), { recursive: true });
  writeFileSync(join(action, 'dist/action/main.js'), '');
  const [old, cached] = [join(directory, 'old'), join(directory, 'tool cache/node/24.1.0/x64/bin')];
  for (const made of [old, cached, join(directory, 'tool cache/node/9.0.0/x64/bin')]) {
    mkdirSync(made, { recursive: true });
    writeFileSync(join(made, 'node'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  }
  const env = {
    ACTION: action,
    PATH: `${old}:${process.env['PATH'] ?? ''}`,
    RUNNER_TOOL_CACHE: join(directory, 'tool cache'),
  };
  const script = 'bash "$ACTION/action/setup.sh"';
  const none = await runner.script(script, env);
  t.equal(none.exitCode, 5);
  t.match(none.log, /^::error title=kexec-lab::.*\b20\.19\b/m);
  writeFileSync(join(cached, 'node'), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
  const found = await runner.script(script, env);
  t.strictSame(found.outputs, { node: join(cached, 'node') }, found.log);
  t.equal(runner.read('GITHUB_PATH') + runner.read('GITHUB_ENV'), '');
});

t.test('shellcheck has nothing against the script of the Action', async (t) => {
  const { stdout } = await execa('shellcheck', ['action/setup.sh'], { reject: false });
  t.equal(stdout, '');
});
