import type { Argument, Option } from 'commander';
import { Command, InvalidArgumentError } from 'commander';
import { ownVersion } from '../host/directories.ts';
import { printableLines } from '../report/printable.ts';
import { didYouMean } from '../text/nearest.ts';
import { applyConfig, configOptions, findConfig, withoutOptions } from './config.ts';
import { mayBeEmpty } from './options.ts';

/** The commands. Each module is loaded only for its command, so that the program starts fast. */
const commands: { name: string; summary: string; load: () => Promise<Command> }[] = [
  {
    name: 'run',
    summary: 'boot scenarios and report their outcomes',
    load: async () => (await import('./run.ts')).runCommand(),
  },
  {
    name: 'init',
    summary: 'write a commented example: a scenario and a machine of your own',
    load: async () => (await import('./init.ts')).initCommand(),
  },
  {
    name: 'matrix',
    summary: 'divide a run into jobs for several machines',
    load: async () => (await import('./list.ts')).matrixCommand(),
  },
  {
    name: 'merge',
    summary: 'merge sharded runs',
    load: async () => (await import('./merge.ts')).mergeCommand(),
  },
  {
    name: 'list',
    summary: 'list scenarios',
    load: async () => (await import('./list.ts')).listCommand(),
  },
  {
    name: 'show',
    summary: 'describe scenarios and how to boot them by hand',
    load: async () => (await import('./show.ts')).showCommand(),
  },
  {
    name: 'preflight',
    summary: 'examine a kernel without booting it',
    load: async () => (await import('./preflight.ts')).preflightCommand(),
  },
  {
    name: 'diagnose',
    summary: 'diagnose saved console logs',
    load: async () => (await import('./diagnose.ts')).diagnoseCommand(),
  },
  {
    name: 'check',
    summary: 'decide whether a kernel can be rolled out',
    load: async () => (await import('./check.ts')).checkCommand(),
  },
  {
    name: 'pairs',
    summary: 'boot each kernel after each other one',
    load: async () => (await import('./kernels/pairs.ts')).pairsCommand(),
  },
  {
    name: 'bisect',
    summary: 'find the first kernel that fails',
    load: async () => (await import('./kernels/bisect.ts')).bisectCommand(),
  },
  {
    name: 'watch',
    summary: "boot what is new in Debian's archive",
    load: async () => (await import('./kernels/watch.ts')).watchCommand(),
  },
  {
    name: 'capture',
    summary: 'take what the boot of a server depends on into a file',
    load: async () => (await import('./capture.ts')).captureCommand(),
  },
  {
    name: 'server',
    summary: 'look into captured servers',
    load: async () => (await import('./server.ts')).serverCommand(),
  },
  {
    name: 'compare',
    summary: 'compare two runs',
    load: async () => (await import('./compare.ts')).compareCommand(),
  },
  {
    name: 'baseline',
    summary: 'save the results of a run for comparisons',
    load: async () => (await import('./compare.ts')).baselineCommand(),
  },
  {
    name: 'autopsy',
    summary: 'read kernel logs from a memory dump',
    load: async () => (await import('./autopsy.ts')).autopsyCommand(),
  },
  {
    name: 'rewind',
    summary: 'replay a recorded boot, or stop in it for gdb',
    load: async () => (await import('./rewind.ts')).rewindCommand(),
  },
  {
    name: 'doctor',
    summary: 'show installed and missing tools, and the QEMU in use',
    load: async () => (await import('./doctor.ts')).doctorCommand(),
  },
  {
    name: 'images',
    summary: 'list, build, verify and remove images',
    load: async () => (await import('./images.ts')).imagesCommand(),
  },
  {
    name: 'schema',
    summary: 'list or print JSON Schemas',
    load: async () => (await import('./schema.ts')).schemaCommand(() => createProgram(() => true)),
  },
  {
    name: 'completion',
    summary: 'print a completion script for bash, zsh or fish',
    load: async () => (await import('./completion.ts')).completionCommand(createProgram, topics),
  },
];

/** What `help` explains besides commands. A topic's text is made only when it is shown. */
export const topics: { name: string; summary: string; rows: () => Promise<[string, string][]> }[] =
  [
    {
      name: 'outcomes',
      summary: 'list boot outcomes',
      rows: async () => Object.entries((await import('../model/vocabulary.ts')).outcomeSummaries),
    },
  ];

const helpText = `
Topics:
${topics.map(({ name, summary }) => `  kexec-lab help ${name}  ${summary}`).join('\n')}

Examples:
  kexec-lab run all
  kexec-lab run kexec-to-distro --arch arm --tail
  kexec-lab help run

Exit codes:
  0    success; all cases went as expected
  1    a case failed
  2    invalid arguments, or an invalid scenario
  3    internal error: a bug in kexec-lab
  4    no case selected
  5    the lab could not run a case
  7    HOLD: do not roll out
  130  interrupted`;

/** The command that is run, or that help is shown for; undefined if none is named. */
export function wantedCommand(argv: readonly string[]): string | undefined {
  const [first, second] = withoutOptions(argv);
  return first === 'help' ? second : first;
}

/**
 * Defines the command line.
 * @param wanted which commands are loaded; the others have only a name and a summary
 */
export async function createProgram(wanted: (name: string) => boolean): Promise<Command> {
  const program = new Command('kexec-lab')
    .description('Boots ARM machines, makes them kexec, and explains every failure.')
    .version(ownVersion())
    .addHelpText('after', helpText)
    .showSuggestionAfterError()
    .exitOverride();
  for (const option of configOptions()) program.addOption(option);
  // Commands below show these in their help; --version is the program's alone.
  const isShown = ({ long }: Option) => long !== '--version';
  program.configureHelp({
    showGlobalOptions: true,
    visibleGlobalOptions: ({ parent }) => (parent === null ? [] : program.options.filter(isShown)),
  });
  program.hook('preAction', async (_, command) => {
    await readConfig(program, command, wanted);
  });
  for (const { name, summary, load } of commands) {
    program.addCommand(wanted(name) ? await load() : new Command(name).description(summary));
  }
  return keepContract(program);
}

/**
 * Takes the defaults of a command's options from the configuration file, and leaves the name of that file in the option
 * `config`. `doctor` checks the whole file, any other command only its own part.
 */
async function readConfig(
  program: Command,
  command: Command,
  isLoaded: (name: string) => boolean,
): Promise<void> {
  // Help and completion must work even if the file has mistakes.
  if (command.options.length === 0) return;
  const file = findConfig(program.getOptionValue('config') as string | false | undefined);
  if (file === null) return;
  program.setOptionValueWithSource('config', file, 'config');
  const words = fullName(command).split(' ').slice(1);
  const known =
    command.name() === 'doctor'
      ? { program: await createProgram(() => true), isLoaded: () => true }
      : { program, isLoaded };
  await applyConfig(file, { command, words }, known);
}

/**
 * Applies to every command, at every level: a mistake in the arguments is one message with a suggestion on standard error
 * (commander throws, and the program exits with 2), no value is empty, and `help` finds every command. Commander does not
 * pass these settings on to subcommands, so they are set on each.
 */
function keepContract(command: Command): Command {
  command.configureOutput({
    outputError: (text, write) => {
      write(describeMistake(text, command));
    },
  });
  command.options.forEach(refuseEmpty);
  command.registeredArguments.forEach(refuseEmpty);
  for (const below of command.commands) {
    // First, because it also copies how the command above shows mistakes.
    below.copyInheritedSettings(command);
    keepContract(below);
  }
  if (command.commands.length > 0) replaceHelp(command);
  return command;
}

/** Commander's message, followed by a pointer to the usage unless the message says what to do. */
function describeMistake(text: string, command: Command): string {
  const message = printableLines(text.trimEnd().replace('\n(Did', ' (did'));
  if (/\(did you mean|; did you mean|is invalid\. |cannot be used with/.test(message))
    return `${message}\n`;
  return `${message}\n  ${fullName(command)} --help shows the usage.\n`;
}

/** The command as it is typed: `kexec-lab images build`. */
export function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

/** Refuses an empty value: usually the shell variable was not set. */
function refuseEmpty(target: Option | Argument): void {
  const takesValue = !('flags' in target) || target.required || target.optional;
  if (!takesValue || mayBeEmpty.has(target)) return;
  const parse = target.parseArg as ((value: string, previous: unknown) => unknown) | undefined;
  const isVariadic = target.variadic;
  target.argParser((value: string, previous: unknown) => {
    if (value === '') throw new InvalidArgumentError('It must not be empty.');
    if (parse !== undefined) return parse(value, previous);
    if (!isVariadic) return value;
    // Like commander, without the default.
    return previous === target.defaultValue || !Array.isArray(previous)
      ? [value]
      : [...(previous as string[]), value];
  });
}

/**
 * Replaces commander's `help`, which shows the general usage for an unknown command and reaches only one level. That of the
 * program also explains topics.
 */
function replaceHelp(group: Command): void {
  const ownTopics = group.parent === null ? topics : [];
  const help = new Command('help')
    .description(`show help for a command${ownTopics.length > 0 ? ' or a topic' : ''}`)
    .argument('[command...]')
    .action(async (words: string[]) => {
      const topic = ownTopics.find(({ name }) => words.length === 1 && words[0] === name);
      if (topic !== undefined) {
        await showTopic(topic);
        return;
      }
      let found = group;
      for (const word of words) {
        const next = found.commands.find((command) => command.name() === word);
        if (next === undefined) {
          const known = found.commands.map((command) => command.name());
          if (found === group) known.push(...ownTopics.map(({ name }) => name));
          group.error(`error: unknown command '${word}'${didYouMean(word, known)}`);
        }
        found = next;
      }
      found.outputHelp();
    });
  group.helpCommand(false).addCommand(help.copyInheritedSettings(group));
}

async function showTopic({ rows }: (typeof topics)[number]): Promise<void> {
  const { standardOutput } = await import('../report/reporter.ts');
  const { createStyle } = await import('../report/style.ts');
  const output = standardOutput();
  const lines = createStyle(output).table(await rows());
  output.write(lines.map((line) => `${line}\n`).join(''));
}
