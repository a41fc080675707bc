import type { Argument, Command, Option } from 'commander';
import { Command as NewCommand, InvalidArgumentError } from 'commander';
import { printableLines } from '../report/printable.ts';
import { didYouMean } from '../scenario/nearest.ts';

/**
 * What every command promises, at every level: a mistake in the arguments is one message with a suggestion on standard
 * error (commander throws, and the program exits with 2), no value is empty, and `help` finds every command. Commands
 * do not pass these settings on to commands below them, so they are set on each.
 */
export function keepContract(command: Command): Command {
  command.configureOutput({
    outputError: (text, write) => {
      write(describeMistake(text, command));
    },
  });
  command.options.forEach(refuseEmpty);
  command.registeredArguments.forEach(refuseEmpty);
  for (const below of command.commands) {
    // Adopted first: the settings of the one above include its way to show mistakes.
    below.copyInheritedSettings(command);
    keepContract(below);
  }
  if (command.commands.length > 0) replaceHelp(command);
  return command;
}

/** Commander's own sentence, and where to look unless that says what to do. */
function describeMistake(text: string, command: Command): string {
  const message = printableLines(text.trimEnd().replace('\n(Did', ' (did'));
  if (/\(did you mean|; did you mean|is invalid\. |cannot be used with/.test(message))
    return `${message}\n`;
  return `${message}\n  ${fullName(command)} --help shows the usage.\n`;
}

/** As it is typed: `kexec-lab images build`. */
export function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

/** An empty value is a variable that was not set. */
function refuseEmpty(target: Option | Argument): void {
  const takesValue = !('flags' in target) || target.required || target.optional;
  if (!takesValue) return;
  const parse = target.parseArg as ((value: string, previous: unknown) => unknown) | undefined;
  const isVariadic = target.variadic;
  target.argParser((value: string, previous: unknown) => {
    if (value === '') throw new InvalidArgumentError('It must not be empty.');
    if (parse !== undefined) return parse(value, previous);
    if (!isVariadic) return value;
    // As commander collects them: the default is not among them.
    return previous === target.defaultValue || !Array.isArray(previous)
      ? [value]
      : [...(previous as string[]), value];
  });
}

/** Commander's `help` answers an unknown command with the usage of all, and goes one level deep. */
function replaceHelp(group: Command): void {
  const help = new NewCommand('help')
    .description('show how a command is used')
    .argument('[command...]')
    .action((words: string[]) => {
      let found = group;
      for (const word of words) {
        const next = found.commands.find((command) => command.name() === word);
        if (next === undefined) {
          const known = found.commands.map((command) => command.name());
          group.error(`error: unknown command '${word}'${didYouMean(word, known)}`);
        }
        found = next;
      }
      found.outputHelp();
    });
  group.helpCommand(false).addCommand(help.copyInheritedSettings(group));
}
