import { execa } from 'execa';
import t from 'tap';
import { inShell, kexecLab } from './kexec-lab.ts';

// Every test here starts the program several times, and a machine may be slow.
t.setTimeout(1_200_000);

t.test('help names the commands, shows examples and the exit codes', async (t) => {
  const { stdout, exitCode } = await kexecLab(['--help']);
  t.equal(exitCode, 0);
  for (const part of ['run', 'list', 'show', 'schema', 'kexec-lab run all\n']) {
    t.match(stdout, part);
  }
  const run = await kexecLab(['help', 'run']);
  t.match(stdout, /^ {2}130 /m);
  t.match(run.stdout, /--reporter <name\[=file\]>/);
  t.match(run.stdout, 'kexec-lab run all --arch aarch64');
});

t.test('the version is the package’s', async (t) => {
  t.match((await kexecLab(['--version'])).stdout, /^\d+\.\d+\.\d+$/);
});

t.test('mistakes in the arguments are one message and exit code 2', async (t) => {
  const mistakes: [arguments_: string[], message: RegExp | string][] = [
    [['lsit'], /'lsit'.*list/],
    [['run', 'all', '--ach', 'arm'], /'--ach'.*--arch/],
    [['run'], 'kexec-lab list'],
    [['run', 'all', '--jobs', '0'], /'--jobs <n>'.*'0'/],
    [['run', 'all', '--jobs', '1e3'], /'1e3'/],
    [['list', '--arch', 'arm'], /'--arch'/],
    [['show', 'kexec-to-distro', '--arch', 'mips'], /'mips'.*aarch64.*arm/],
  ];
  for (const [arguments_, message] of mistakes) {
    const { stdout, stderr, exitCode } = await kexecLab(arguments_);
    t.equal(exitCode, 2, arguments_.join(' '));
    t.equal(stdout, '');
    t.ok(stderr.split('\n').length <= 2);
    t.match(stderr, message);
  }
});

t.test('a command is wanted', async (t) => {
  const { stderr, exitCode } = await kexecLab([]);
  t.equal(exitCode, 2);
  t.match(stderr, 'Usage: kexec-lab');
});

t.test('a reader that goes away ends it quietly', async (t) => {
  const { stderr } = await inShell('{ "$@"; echo "exit code $?" >&2; } | true', ['schema']);
  t.equal(stderr, 'exit code 0');
});

t.test('a full disk behind standard output is said', async (t) => {
  const { stderr, exitCode } = await inShell('"$@" > /dev/full', ['list']);
  t.equal(exitCode, 5);
  t.match(stderr, /standard output/);
});

t.test('a bug is called a bug, with its stack, and has an exit code of its own', async (t) => {
  const program = `
    const { Command } = await import('commander');
    Command.prototype.parseAsync = () => { throw new TypeError('oh \\u001b[2Jno'); };
    process.argv.splice(1, process.argv.length, 'kexec-lab');
    await import(${JSON.stringify(new URL('../../src/cli/main.ts', import.meta.url).href)});`;
  const { stderr, exitCode } = await execa(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), '--input-type=module', '--eval', program],
    { reject: false },
  );
  t.equal(exitCode, 3);
  t.match(stderr, /^internal error: /);
  t.match(stderr, 'TypeError: oh no');
  t.notMatch(stderr, '\x1b');
});
