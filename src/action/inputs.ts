import * as z from 'zod';
import { UsageError } from '../errors.ts';
import { didYouMean } from '../text/nearest.ts';

export const commands = ['run', 'check', 'preflight'] as const;
type ActionCommand = (typeof commands)[number];

/** How an input is read: as one value, as one value per line, or as words. */
type Reading = 'value' | 'lines' | 'words';
type Rule = { reading: Reading; of: readonly ActionCommand[] };

const any = commands;
const booting = ['run', 'check'] as const;

/** Inputs that are options of the same name, and the commands that have them. */
const options = {
  arch: { reading: 'words', of: any },
  scenarios: { reading: 'lines', of: booting },
  server: { reading: 'lines', of: booting },
  kernel: { reading: 'value', of: any },
  initrd: { reading: 'value', of: any },
  'kexec-tools': { reading: 'value', of: any },
  'first-kernel': { reading: 'value', of: any },
  baseline: { reading: 'value', of: ['check'] },
  against: { reading: 'value', of: ['check'] },
  machine: { reading: 'value', of: booting },
  shape: { reading: 'words', of: booting },
  'fail-on': { reading: 'words', of: ['check'] },
  repeat: { reading: 'value', of: booting },
  retries: { reading: 'value', of: ['run'] },
  jobs: { reading: 'value', of: booting },
  shard: { reading: 'value', of: ['run'] },
  mirror: { reading: 'value', of: any },
} as const satisfies Record<string, Rule>;

type OptionName = keyof typeof options;
const optionNames = Object.keys(options) as OptionName[];
const others = { what: booting, out: any } as const;

/** The inputs of the Action. */
export type Request = {
  command: ActionCommand;
  /** The scenarios, as words of the command line. */
  what: string[];
  /** The values of each option that was given. */
  options: Partial<Record<OptionName, string[]>>;
  /** The directory for reports and records of runs. */
  out: string;
};

/**
 * Reads the inputs as `toJSON(inputs)` prints them. Empty inputs are ignored.
 * @throws UsageError with the input, if it is invalid or the command does not take it
 */
export function readInputs(json: string): Request {
  const given = z.record(z.string(), z.string()).parse(JSON.parse(json));
  const { command: word = '', ...inputs } = Object.fromEntries(
    Object.entries(given)
      .map(([name, text]) => [name, text.trim()])
      .filter(([, text]) => text !== ''),
  ) as Record<string, string>;
  const command = word === '' ? 'run' : commands.find((known) => known === word);
  if (command === undefined) {
    throw refusal('command', `unknown command "${word}"${didYouMean(word, commands)}`, {
      hint: `Use ${commands.join(', ')}.`,
    });
  }
  for (const name of Object.keys(inputs)) refuseUnknown(name, command);
  return {
    command,
    what: read('what', inputs['what'], 'words'),
    options: Object.fromEntries(
      optionNames
        .map((name) => [name, read(name, inputs[name], options[name].reading)] as const)
        .filter(([, values]) => values.length > 0),
    ),
    out: read('out', inputs['out'], 'value')[0] ?? 'runs',
  };
}

function refuseUnknown(name: string, command: ActionCommand): void {
  const known: readonly ActionCommand[] = isOption(name) ? options[name].of : otherCommands(name);
  if (known.includes(command)) return;
  if (known.length === 0) throw refusal(name, 'the Action does not have this input', {});
  throw refusal(name, `the command ${command} does not take this input`, {
    hint: `It is an input of ${known.join(' and ')}. Leave it out, or choose another command.`,
  });
}

function isOption(name: string): name is OptionName {
  return Object.hasOwn(options, name);
}

function otherCommands(name: string): readonly ActionCommand[] {
  return name === 'what' || name === 'out' ? others[name] : [];
}

function read(name: string, text: string | undefined, reading: Reading): string[] {
  if (text === undefined) return [];
  if (reading === 'lines') return linesOf(text);
  if (reading === 'value') {
    const [value, ...more] = text.split('\n');
    if (more.length === 0 && value !== undefined) return [value];
    throw refusal(name, 'takes one value, on one line', {});
  }
  try {
    return wordsOf(text);
  } catch (error) {
    throw error instanceof UsageError ? refusal(name, error.message, error) : error;
  }
}

function refusal(name: string, message: string, { hint }: { hint?: string | undefined }) {
  return new UsageError(message, { place: `input "${name}"`, ...(hint && { hint }) });
}

/** The lines of an input, without blank lines and comments (`#` at the start). */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/**
 * The words of an input, on any number of lines. Spaces separate words; quotes of either kind keep spaces in a word; a word
 * that starts with `#` starts a comment. Nothing is expanded.
 * @throws UsageError with the line number, for an unclosed quote
 */
export function wordsOf(text: string): string[] {
  return text.split('\n').flatMap((line, index) => wordsOfLine(line, index + 1));
}

const word = /(?:"[^"]*"|'[^']*'|[^\s"'])+/y;

function wordsOfLine(line: string, number: number): string[] {
  const words: string[] = [];
  for (let at = 0; ; at = word.lastIndex) {
    at += /^\s*/.exec(line.slice(at))?.[0].length ?? 0;
    if (at === line.length || line[at] === '#') return words;
    word.lastIndex = at;
    const [found] = word.exec(line) ?? [''];
    if (found === '' || /["']/.test(line[word.lastIndex] ?? '')) {
      throw new UsageError(`line ${number} has an unclosed quote`, {
        hint: 'Put a word with spaces between two quotes of the same kind.',
      });
    }
    words.push(found.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
  }
}
