import type { Argument, Command, Option } from 'commander';
import { CommanderError } from 'commander';
import type { Test } from 'tap';
import t from 'tap';
import { fullName, createProgram } from '../../src/cli/program.ts';
import { kexecLab } from './kexec-lab.ts';

// Some tests here start the program several times, and a machine may be slow.
t.setTimeout(1_200_000);

type Said = { out: string; err: string; exitCode: number };

/** What a command line comes to, in this process: none of these reaches an action. */
async function say(words: string[]): Promise<Said> {
  const program = await createProgram(() => true);
  const said = { out: '', err: '', exitCode: 0 };
  for (const command of everyCommand(program)) {
    command.configureOutput({
      writeOut: (text) => (said.out += text),
      writeErr: (text) => (said.err += text),
    });
  }
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    said.exitCode = error.exitCode;
  }
  return said;
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** The words that lead to a command. */
const wordsTo = (command: Command): string[] => fullName(command).split(' ').slice(1);

/** As many words as a command must have, and none of its options. */
const someArguments = ({ registeredArguments }: Command): string[] =>
  registeredArguments.filter(({ required }: Argument) => required).map(() => 'x');

const takesValue = ({ required, optional }: Option): boolean => required || optional;

const program = await createProgram(() => true);
const leaves = everyCommand(program).filter(
  (command) => command.commands.length === 0 && command.name() !== 'help',
);
const groups = everyCommand(program).filter((command) => command.commands.length > 0);

/** One message, with what to do: in brackets, in a second sentence, or on a second line. */
function assertMistake(t: Test, words: string[], said: Said, message: RegExp): void {
  const line = words.join(' ');
  t.not(said.exitCode, 0, line);
  t.equal(said.out, '', line);
  t.match(said.err, message, line);
  t.match(said.err, /^error: .*(?:\(.*\)|; .*\?|\. .*\.|\n {2}kexec-lab.* --help\b.*)\n$/, line);
}

t.test('there are commands below commands', (t) => {
  t.ok(leaves.some((command) => fullName(command) === 'kexec-lab images build'));
  t.ok(groups.some((command) => fullName(command) === 'kexec-lab images'));
  t.end();
});

t.test('an unknown option, at every command', async (t) => {
  for (const command of [...leaves, ...groups]) {
    const words = [...wordsTo(command), ...someArguments(command), '--bogus'];
    assertMistake(t, words, await say(words), /'--bogus'/);
  }
});

t.test('an option that is nearly right is suggested, at every command', async (t) => {
  for (const command of leaves) {
    const long = command.options.find((option) => (option.long ?? '').length > 6)?.long;
    if (long == null) continue;
    const words = [...wordsTo(command), ...someArguments(command), `${long}x`];
    assertMistake(t, words, await say(words), new RegExp(`'${long}x'.* ${long}\\W`));
  }
});

t.test('a missing argument, and one too many', async (t) => {
  for (const command of leaves) {
    const { registeredArguments } = command;
    const needed = someArguments(command);
    if (needed.length > 0) {
      const words = [...wordsTo(command), ...needed.slice(1)];
      const missing = registeredArguments[needed.length - 1]?.name() ?? '';
      assertMistake(t, words, await say(words), new RegExp(`'${missing}'`));
    }
    if (registeredArguments.some(({ variadic }) => variadic)) continue;
    const words = [...wordsTo(command), ...registeredArguments.map(() => 'x'), 'more'];
    const [most, given] = [registeredArguments.length, registeredArguments.length + 1];
    assertMistake(t, words, await say(words), new RegExp(`\\b${most}\\b.*\\b${given}\\b`));
  }
});

t.test('an empty value, and none, for every option and argument', async (t) => {
  for (const command of leaves) {
    for (const option of command.options.filter(takesValue)) {
      const flag = option.long ?? '';
      const words = [...wordsTo(command), ...someArguments(command), flag];
      assertMistake(t, words, await say(words), new RegExp(`'(?:-\\w, )?${flag}\\b[^']*'`));
      const empty = [...words, ''];
      assertMistake(t, empty, await say(empty), new RegExp(`${flag}\\b.* ''.*\\. .`));
    }
    if (command.registeredArguments.length === 0) continue;
    const words = [...wordsTo(command), ''];
    const said = await say([...words, ...someArguments(command).slice(1)]);
    assertMistake(t, words, said, / ''/);
  }
});

t.test('an unknown command, at every level', async (t) => {
  for (const group of groups) {
    // One of them is done where none is named, and takes the word for an argument.
    const isDefault = fullName(group) === 'kexec-lab images';
    if (!isDefault) {
      const words = [...wordsTo(group), 'bogus'];
      assertMistake(t, words, await say(words), /'bogus'/);
    }
    const words = [...wordsTo(group), 'help', 'bogus'];
    assertMistake(t, words, await say(words), /'bogus'/);
    if (isDefault) continue;
    const bare = await say(wordsTo(group));
    t.match(bare, { out: '', err: /^Usage: /, exitCode: 1 }, fullName(group));
  }
});

t.test('help is on standard output, in each way to ask for it', async (t) => {
  for (const command of everyCommand(program)) {
    const words = wordsTo(command);
    const usage = `Usage: ${fullName(command)} `;
    for (const asked of [
      [...words, '--help'],
      [...words, '-h'],
      ['help', ...words],
      ...(command.parent === null || words.length < 2
        ? []
        : [[...words.slice(0, -1), 'help', words.at(-1) ?? '']]),
    ]) {
      const { out, err, exitCode } = await say(asked);
      t.strictSame([exitCode, err], [0, ''], asked.join(' '));
      t.ok(out.startsWith(usage), asked.join(' '));
    }
  }
});

t.test('the exit codes of the program itself', async (t) => {
  const cases: [words: string[], exitCode: number, said: RegExp][] = [
    [['images', 'build', '--bogus'], 2, /'--bogus'\n {2}kexec-lab images build --help/],
    [['images', 'bulid'], 2, /"bulid".*"build"/],
    [['baseline', 'acept', 'x'], 2, /'acept'.*accept/],
    [['help', 'images', 'bulid'], 2, /'bulid'.*"build"/],
    [['help', 'images', 'build'], 0, /^$/],
    [['images', 'build', 'x', '--arch', 'mips'], 2, /'mips'.*aarch64.*arm/],
    [['run', '\x1b[2J', '--\x1b[31mx'], 2, /'--x'/],
    [['check'], 2, /--kernel.*--first-kernel/],
    [['check', '--kexec-tools', 'debian:sid'], 2, /--kernel/],
    [['preflight'], 2, /--kernel/],
    [['preflight', '--json'], 2, /--kernel/],
  ];
  for (const [words, exitCode, said] of cases) {
    const ended = await kexecLab(words);
    t.equal(ended.exitCode, exitCode, words.join(' '));
    t.match(ended.stderr, said);
    if (exitCode !== 0) t.equal(ended.stdout, '');
  }
});

t.test('options that contradict each other, do nothing, or mean too much', async (t) => {
  const file = `${t.testdir()}/report`;
  const cases: [words: string[], said: RegExp][] = [
    [
      ['run', 'all', '--record', '--record-on-failure', '2'],
      /'--record-on-failure <n>'.*'--record'/,
    ],
    [['run', 'all', '--tail', '--reporter', 'json'], /^--tail .*\n.*--reporter/],
    [
      ['run', 'all', '--reporter', 'tap', '--reporter', 'json'],
      /\btap\b.*\bjson\b.*\n.*--reporter json=/,
    ],
    [['run', 'all', '--reporter', `tap=${file}`, '--reporter', `json=${file}`], /\/report: /],
    [['run', 'all', '--mirror', 'nonsense'], /'nonsense'/],
    [['run', 'all', '--shard', '3/2'], /'3\/2'/],
    ...['0', '-1', '1e9', '10000', 'NaN', '0x10', ' 1', '1.5'].map((value): [string[], RegExp] => [
      ['run', 'all', `--jobs=${value}`],
      /'--jobs <n>'.* 1 .*9999/,
    ]),
    [['run', 'all', '--repeat', '1000000000'], /'--repeat <n>'.* 1 .*9999/],
    [['run', 'all', '--retries=-1'], /'--retries <n>'.* 0 .*9999/],
    [['matrix', 'all', '--shards', '0'], /'--shards <n>'.* 1 .*9999/],
    [['diagnose', 'x', '--json', '--signals'], /'--json'.*'--signals'/],
    [['autopsy', 'x', '--json', '--log'], /'--json'.*'--log'/],
    [['rewind', 'x', '--at', 'y'], /--at.*--gdb/],
    [
      ['check', '--kernel', 'debian:sid', '--baseline', 'debian:trixie', '--against', 'x'],
      /--baseline.*--against/,
    ],
    [['compare', 'a', 'b', '--html', file, '--markdown', file], /report: .*--markdown.*--html/],
    [['compare', 'a', 'b', '--html', '/no/such/x'], /^\/no\/such\/x: /],
  ];
  for (const [words, said] of cases) {
    const { stdout, stderr, exitCode } = await kexecLab(words);
    t.equal(exitCode, 2, words.join(' '));
    t.equal(stdout, '');
    t.match(stderr, said);
  }
});
