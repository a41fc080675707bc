import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { KexecLabError } from '../errors.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Problem } from '../yaml/describe-issue.ts';

/** The name of a configuration file in the current directory. */
const localName = 'kexec-lab.config.yaml';

/** `--config` and `--no-config`, which every command accepts. */
export function configOptions(): Option[] {
  return [
    new Option(
      '--config <file>',
      `file with defaults for options (default: ${localName} in the current directory, otherwise ~/.config/kexec-lab/config.yaml)`,
    ),
    new Option('--no-config', 'ignore configuration files'),
  ];
}

/** The words of a command line that are not options, apart from the file of `--config`, which may precede the command. */
export function withoutOptions(argv: readonly string[]): string[] {
  return argv.filter((word, index) => !word.startsWith('-') && argv[index - 1] !== '--config');
}

/**
 * The configuration file in use: the one that `--config` names, otherwise the first that exists of the two default
 * places. Directories above the current one are not searched.
 * @param asked the value of `--config`; false for `--no-config`
 * @returns its path, relative if it is in the current directory; null if there is none
 */
export function findConfig(asked: string | false | undefined): string | null {
  if (asked !== undefined) return asked === false ? null : asked;
  return [localName, ...userFiles()].find((file) => existsSync(file)) ?? null;
}

/** The user's configuration file. A relative XDG_CONFIG_HOME is ignored, as its specification demands. */
function userFiles(): string[] {
  const { XDG_CONFIG_HOME = '', HOME = '' } = process.env;
  const base = [XDG_CONFIG_HOME, HOME && join(HOME, '.config')].find(isAbsolute);
  return base === undefined ? [] : [join(base, 'kexec-lab', 'config.yaml')];
}

/**
 * Sets the options of `command` that the configuration file sets and that neither the command line nor the environment
 * sets. Commands that are not loaded are checked only by name.
 * @param words the words that lead to the command, such as `images build`
 * @param program the commands that the file is checked against
 * @param isLoaded whether the options of a top-level command are loaded
 * @throws ScenarioError that names every problem of the file
 */
export async function applyConfig(
  file: string,
  { command, words }: { command: Command; words: readonly string[] },
  { program, isLoaded }: { program: Command; isLoaded: (name: string) => boolean },
): Promise<void> {
  // Loaded only where there is a file: they would double the time that kexec-lab takes to start.
  const [{ readYamlFile }, z] = await Promise.all([import('../yaml/yaml-file.ts'), import('zod')]);
  const shape = z.record(z.string(), z.unknown()).nullable();
  const found: Found = { settings: [], problems: [] };
  readYamlFile(file, shape, (content) => {
    readCommands(program, content ?? {}, [], isLoaded, found);
    return [...found.problems, ...contradictions(found.settings)];
  });
  const given = command.options.filter((option) => isGiven(command, option));
  const path = words.join(' ');
  for (const { option, value } of found.settings.filter((each) => each.command === path)) {
    // The command line also outweighs an option of the file that contradicts it: --quiet, where the file has tail.
    if (given.some((other) => isSame(other, option) || conflict(other, option))) continue;
    command.setOptionValueWithSource(option.attributeName(), value, 'config');
  }
}

/** An option that the file sets. */
type Setting = {
  /** The words that lead to its command. */
  command: string;
  option: Option;
  value: unknown;
  path: string[];
};

type Found = { settings: Setting[]; problems: Problem[] };

function readCommands(
  group: Command,
  content: Record<string, unknown>,
  path: string[],
  isLoaded: (name: string) => boolean,
  found: Found,
): void {
  for (const [name, below] of Object.entries(content)) {
    const place = [...path, name];
    const command = commandsOf(group).find((each) => each.name() === name);
    if (command === undefined) {
      found.problems.push({ path: place, at: 'key', message: unknownCommand(group, place) });
    } else if (below === null || !isLoaded(name)) {
      continue;
    } else if (typeof below !== 'object' || Array.isArray(below)) {
      found.problems.push({
        path: place,
        at: 'value',
        message: `${dotted(place)}: expected a mapping of options`,
      });
    } else if (command.commands.length > 0) {
      readCommands(command, below as Record<string, unknown>, place, () => true, found);
    } else {
      readOptions(command, below as Record<string, unknown>, place, found);
    }
  }
}

/** The commands of a group that a file can set options of. */
export function commandsOf(group: Command): Command[] {
  return group.commands.filter((each) => each.name() !== 'help');
}

function unknownCommand(group: Command, path: string[]): string {
  const known = commandsOf(group).map((each) => each.name());
  const hint =
    path.length === 1
      ? '; options belong below the name of their command, such as "run"'
      : `; one of: ${known.join(', ')}`;
  return `unknown command "${path.join(' ')}"${didYouMean(path.at(-1) ?? '', known) || hint}`;
}

/** Options that say how to start the program, and so cannot be read from a file. */
const refused = ['help', 'version', 'config', 'no-config'];

function readOptions(
  command: Command,
  content: Record<string, unknown>,
  path: string[],
  { settings, problems }: Found,
): void {
  for (const [name, written] of Object.entries(content)) {
    const place = [...path, name];
    const option = command.options.find(({ long }) => long === `--${name}`);
    if (option === undefined) {
      problems.push({ path: place, at: 'key', message: unknownOption(command, place) });
      continue;
    }
    const { value, wrong } = parseValue(option, written);
    for (const { below = [], reason } of wrong) {
      const message = `${dotted(place)}: ${reason}`;
      problems.push({ path: [...place, ...below], at: 'value', message });
    }
    if (wrong.length > 0 || value === undefined) continue;
    settings.push({ command: path.join(' '), option, value, path: place });
  }
}

function unknownOption(command: Command, path: string[]): string {
  const name = path.at(-1) ?? '';
  if (refused.includes(name)) return `"${name}" is allowed only on the command line; remove it`;
  const words = path.slice(0, -1).join(' ');
  const known = command.options.flatMap(({ long }) => long?.slice(2) ?? []);
  const hint = `; kexec-lab ${words} --help lists the options`;
  return `unknown option "${name}" of ${words}${didYouMean(name, known) || hint}`;
}

type Parsed = {
  /** What the command line would make of it; undefined for a flag that is off. */
  value?: unknown;
  /** What is wrong; `below` is the path to the item of a list that is. */
  wrong: { below?: number[]; reason: string }[];
};

/** What a file can set an option to: true or false, one value, or also a list of values. */
export function kindOf(option: Option): 'flag' | 'value' | 'list' {
  if (!option.required && !option.optional) return 'flag';
  return Array.isArray(option.defaultValue) ? 'list' : 'value';
}

function parseValue(option: Option, written: unknown): Parsed {
  const kind = kindOf(option);
  if (kind === 'flag') {
    if (typeof written !== 'boolean') return { wrong: [{ reason: 'expected true or false' }] };
    return written ? { value: !option.negate, wrong: [] } : { wrong: [] };
  }
  const isList = Array.isArray(written);
  if (isList && kind !== 'list') return { wrong: [{ reason: 'expected one value, not a list' }] };
  const texts: unknown[] = isList ? written : [written];
  const wrong: Parsed['wrong'] = [];
  let value: unknown = kind === 'list' ? [] : undefined;
  for (const [index, text] of texts.entries()) {
    const below = isList ? [index] : [];
    if (typeof text !== 'string' && typeof text !== 'number') {
      wrong.push({ below, reason: `expected text or a number, as in ${option.flags}` });
      continue;
    }
    try {
      value = parse(option, String(text), value);
    } catch (error) {
      wrong.push({ below, reason: reasonOf(error, text) });
    }
  }
  return { value, wrong };
}

/** The parser of the command line, so that a value means and must be the same in both places. */
function parse({ parseArg }: Option, text: string, previous: unknown): unknown {
  return parseArg === undefined ? text : parseArg(text, previous);
}

/** @throws any other error than a refusal of the parser */
function reasonOf(error: unknown, written: string | number): string {
  if (error instanceof InvalidArgumentError) return `"${written}" is invalid. ${error.message}`;
  if (error instanceof KexecLabError) return [error.message, error.hint].filter(Boolean).join('. ');
  throw error;
}

/** Options of one command that cannot be used together. */
function contradictions(settings: readonly Setting[]): Problem[] {
  return settings.flatMap(({ command, option, path }, index) => {
    const other = settings
      .slice(0, index)
      .find((before) => before.command === command && conflict(before.option, option));
    if (other === undefined) return [];
    const message = `${dotted(path)}: cannot be used with "${other.path.at(-1) ?? ''}"; remove one`;
    return { path, at: 'key', message };
  });
}

function conflict(one: Option, other: Option): boolean {
  return (
    conflictsOf(one).includes(other.attributeName()) ||
    conflictsOf(other).includes(one.attributeName())
  );
}

/** Commander keeps the names that `conflicts()` was given in a property that its types leave out. */
function conflictsOf(option: Option & { conflictsWith?: string[] }): string[] {
  return option.conflictsWith ?? [];
}

function dotted(path: string[]): string {
  return path.join('.');
}

function isSame(one: Option, other: Option): boolean {
  return one.attributeName() === other.attributeName();
}

function isGiven(command: Command, option: Option): boolean {
  const source = command.getOptionValueSource(option.attributeName());
  return source === 'cli' || source === 'env';
}
