import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import t from 'tap';
import { parse } from 'yaml';
import * as z from 'zod';
import { findConfig } from '../../src/cli/config.ts';
import { createProgram } from '../../src/cli/program.ts';
import { schemas } from '../../src/cli/schema.ts';
import type { UsageError } from '../../src/errors.ts';
import { withoutProse } from '../scenario/files.ts';
import { kexecLab } from './kexec-lab.ts';

t.setTimeout(1_200_000);
const page = fileURLToPath(new URL('../../docs/configuration.md', import.meta.url));

/** Goes to a directory with this text as its configuration file, in which no other file and variable counts. */
function enter(t: Test, text?: string): string {
  const [directory, before] = [t.testdir({}), process.cwd()];
  const { XDG_CONFIG_HOME, KEXEC_LAB_QEMU_DIR } = process.env;
  process.env['XDG_CONFIG_HOME'] = join(directory, 'user');
  delete process.env['KEXEC_LAB_QEMU_DIR'];
  process.chdir(directory);
  t.teardown(() => {
    process.chdir(before);
    Object.assign(process.env, { XDG_CONFIG_HOME, KEXEC_LAB_QEMU_DIR });
    if (XDG_CONFIG_HOME === undefined) delete process.env['XDG_CONFIG_HOME'];
    if (KEXEC_LAB_QEMU_DIR === undefined) delete process.env['KEXEC_LAB_QEMU_DIR'];
  });
  if (text !== undefined) writeFileSync('kexec-lab.config.yaml', text);
  return directory;
}

/** The options that the action of a command is called with. */
async function optionsOf(...words: string[]): Promise<Record<string, unknown>> {
  const names = words.filter((word) => !word.startsWith('-'));
  const program = await createProgram((name) => names.includes(name));
  let found: Record<string, unknown> = {};
  for (const command of program.commands.flatMap((each) => [each, ...each.commands]))
    command.action((...given: unknown[]) => {
      found = given.at(-2) as Record<string, unknown>;
    });
  await program.parseAsync(words, { from: 'user' });
  return found;
}

t.test('each kind of option', async (t) => {
  enter(
    t,
    `run:
  jobs: 2
  reporter: [list, junit=results.xml]
  arch: arm
  timeout: 1.5
  shard: 1/2
  tail: true
  explain: false
  no-checkpoint: true
images:
  build: { mirror: 'http://localhost/debian' }
autopsy: { base: 0x80000000 }
list:
`,
  );
  const run = await optionsOf('run', 'all');
  t.match(run, {
    jobs: 2,
    reporter: ['list', 'junit=results.xml'],
    arch: ['arm'],
    timeout: 1.5,
    shard: { index: 1, count: 2 },
    tail: true,
    checkpoint: false,
    retries: 0,
  });
  t.notOk('explain' in run);
  t.match(await optionsOf('images', 'build'), { mirror: 'http://localhost/debian' });
  t.match(await optionsOf('autopsy', 'x'), { base: 0x8000_0000 });
  t.match(await optionsOf('list'), { exclude: [] });
});

t.test('command line, environment, file, default', async (t) => {
  enter(t, 'run: { jobs: 2, retries: 3, exclude: [a, b], qemu-dir: file, tail: true }\n');
  const asked = await optionsOf('run', 'all', '--jobs', '5', '--exclude', 'c');
  t.match(asked, { jobs: 5, retries: 3, exclude: ['c'], qemuDir: 'file', repeat: 1, tail: true });
  process.env['KEXEC_LAB_QEMU_DIR'] = 'environment';
  t.match(await optionsOf('run', 'all'), { qemuDir: 'environment' });
  t.match(await optionsOf('run', 'all', '--qemu-dir', 'cli'), { qemuDir: 'cli' });
  process.env['KEXEC_LAB_QEMU_DIR'] = '';
  t.match(await optionsOf('run', 'all'), { qemuDir: 'file' }, 'an empty variable counts as unset');
  const quiet = await optionsOf('run', 'all', '--quiet');
  t.equal(quiet['quiet'], true);
  t.notOk('tail' in quiet, 'the command line outweighs what contradicts it');
});

t.test('which file is used', async (t) => {
  const directory = enter(t);
  t.equal(findConfig(undefined), null);
  mkdirSync('user/kexec-lab', { recursive: true });
  const user = join(directory, 'user/kexec-lab/config.yaml');
  writeFileSync(user, 'run: { jobs: 101 }\n');
  t.equal(findConfig(undefined), user);
  mkdirSync('.config/kexec-lab', { recursive: true });
  writeFileSync('.config/kexec-lab/config.yaml', '');
  const { HOME } = process.env;
  process.env['HOME'] = directory;
  process.env['XDG_CONFIG_HOME'] = 'relative';
  t.equal(findConfig(undefined), join(directory, '.config/kexec-lab/config.yaml'));
  process.env['HOME'] = HOME;
  process.env['XDG_CONFIG_HOME'] = join(directory, 'user');
  writeFileSync('kexec-lab.config.yaml', 'run: { jobs: 102 }\n');
  t.equal(findConfig(undefined), 'kexec-lab.config.yaml');
  writeFileSync('other.yaml', 'run: { jobs: 103 }\n');
  t.match(await optionsOf('run', 'all'), { jobs: 102 });
  t.match(await optionsOf('run', 'all', '--config', 'other.yaml'), { jobs: 103 });
  t.match(await optionsOf('--config', 'other.yaml', 'run', 'all'), { jobs: 103 });
  t.match(await optionsOf('--config=other.yaml', 'run', 'all'), { jobs: 103 });
  const { jobs } = await optionsOf('run', 'all', '--no-config');
  t.ok(Number(jobs) < 100);
  mkdirSync('below');
  process.chdir('below');
  t.equal(findConfig(undefined), user, 'directories above are not searched');
});

t.test('an empty file, and one with comments only', async (t) => {
  enter(t);
  for (const text of ['', '# nothing yet\n', 'run:\n', 'run: {}\n']) {
    writeFileSync('kexec-lab.config.yaml', text);
    t.match(await optionsOf('run', 'all'), { retries: 0 });
  }
});

/** Contents of a file, and the mistake in it: its place, its key, and what is quoted. */
type Mistake = [text: string, mistake: string];

/** These the JSON Schema refuses, too. */
const mistakesOfForm: Mistake[] = [
  ['run: { jobs: [1] }', '1:14 run.jobs'],
  ['run: { jobs: true }', '1:14 run.jobs'],
  ['run: { jobs: }', '1:14 run.jobs'],
  ['run: { out: "" }', '1:13 run.out'],
  ['run: { tail: 1 }', '1:14 run.tail'],
  ['run: { retrys: 1 }', '1:8 retrys retries'],
  ['run: { checkpoint: false }', '1:8 checkpoint no-checkpoint'],
  ['run: { what: all }', '1:8 what'],
  ['run: { help: true }', '1:8 help'],
  ['run: { config: x }', '1:8 config'],
  ['run: quick', '1:6 run'],
  ['- run', '1:1'],
  ['rum: {}', '1:1 rum run'],
  ['jobs: 2', '1:1 jobs run'],
  ['help: {}', '1:1 help run'],
];

const mistakes: Mistake[] = [
  ...mistakesOfForm,
  ['run: { jobs: many }', '1:14 run.jobs many'],
  ['run: { arch: [arm, mips] }', '1:20 run.arch mips'],
  ['run: { reporter: lst }', '1:18 run.reporter lst list'],
  ['run: { tail: true, quiet: true }', '1:20 run.quiet tail'],
  ['run: { jobs: 1, jobs: 2 }', '1:17'],
  ['run: [', '2:1'],
];

t.test('each mistake, with its place', async (t) => {
  enter(t);
  const messages: string[] = [];
  for (const [text, mistake] of mistakes) {
    writeFileSync('kexec-lab.config.yaml', `${text}\n`);
    const error: unknown = await optionsOf('run', 'all').catch((reason: unknown) => reason);
    const { exitCode, message } = error as UsageError;
    t.equal(exitCode, 2, text);
    t.equal(withoutProse(message.split('\n')[0] ?? ''), `kexec-lab.config.yaml:${mistake}`, text);
    messages.push(message);
  }
  t.matchSnapshot(messages.join('\n'), 'messages');
});

t.test('the JSON Schema refuses the same form, and accepts the documented one', async (t) => {
  const named = schemas.find(({ name }) => name === 'config');
  const json = await named?.load(() => createProgram(() => true));
  const schema = z.fromJSONSchema(json as z.core.JSONSchema.JSONSchema);
  for (const [text] of mistakesOfForm) t.equal(schema.safeParse(parse(text)).success, false, text);
  const [, example = ''] = /```yaml\n(.*?)```/s.exec(readFileSync(page, 'utf8')) ?? [];
  const valid = [
    ...['', 'run:', 'run: {}', 'list: {}', 'run: { no-checkpoint: true, explain: false }'],
    ...['run: { shard: 1/2, timeout: 1.5, arch: arm }', 'images: { build: , path: {} }', example],
  ];
  for (const text of valid) t.equal(schema.safeParse(parse(text)).error, undefined, text);
});

t.test('another command checks its own options', async (t) => {
  enter(t, 'run: { jbos: 2 }\nimages: { bulid: {}, list: 1 }\n');
  t.match(await optionsOf('list'), { exclude: [] });
  const error: unknown = await optionsOf('images', 'path').catch((reason: unknown) => reason);
  t.strictSame((error as UsageError).message.split('\n').map(withoutProse), [
    'kexec-lab.config.yaml:2:11 images bulid build',
    'kexec-lab.config.yaml:2:28 images.list',
  ]);
});

t.test('doctor checks all of the file, and shows its path', async (t) => {
  const directory = enter(t, 'run: { jbos: 2 }\n');
  const wrong = await kexecLab(['doctor']);
  t.equal(wrong.exitCode, 2);
  t.match(wrong.stderr, /^kexec-lab\.config\.yaml:1:8: .*"jbos".*"jobs"/);
  writeFileSync('kexec-lab.config.yaml', 'run: { jobs: 2 }\ndoctor: { json: true }\n');
  const { stdout } = await kexecLab(['doctor']);
  t.match(JSON.parse(stdout), { config: join(directory, 'kexec-lab.config.yaml') });
  const { stdout: without } = await kexecLab(['doctor', '--no-config', '--json']);
  t.match(JSON.parse(without), { config: null });
});

t.test('help and completion work whatever the file contains', async (t) => {
  enter(t, 'run: [');
  for (const words of [['help', 'run'], ['run', '--help'], ['completion', 'bash'], ['schema']])
    t.equal((await kexecLab(words)).exitCode, 0, words.join(' '));
  const { stdout } = await kexecLab(['completion', 'bash', '--', 'list', '--co']);
  t.match(stdout, '--config\t');
});

t.test('files that cannot be read', async (t) => {
  enter(t);
  const { stderr, exitCode } = await kexecLab(['list', '--config', 'none.yaml']);
  t.equal(exitCode, 2);
  t.match(stderr, /^none\.yaml: .*\n {2}\S/);
  mkdirSync('kexec-lab.config.yaml');
  t.match(await kexecLab(['list']), { exitCode: 2, stderr: /^kexec-lab\.config\.yaml: / });
});

t.test('the example of the documentation', async (t) => {
  const text = readFileSync(page, 'utf8');
  enter(t, /```yaml\n(.*?)```/s.exec(text)?.[1]);
  t.match(await optionsOf('run', 'quick'), { jobs: 2, retries: 1, exclude: ['uefi'] });
  t.match(await optionsOf('check'), { kernel: 'debian:trixie', against: 'baseline.json' });
  const { stdout, exitCode } = await kexecLab(['run', 'quick', '--dry-run']);
  t.equal(exitCode, 0);
  t.match(stdout, '# arm/kexec-to-distro\n');
  t.notMatch(stdout, 'uefi');
  const [, ...printed] = /```console\n(.*?)```/s.exec(text)?.[1]?.trim().split('\n') ?? [];
  writeFileSync('kexec-lab.config.yaml', 'run:\n  jobs: many\n  retrys: 1\n');
  t.equal((await kexecLab(['run', 'quick'])).stderr, printed.join('\n'));
});
