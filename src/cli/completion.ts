import type { Option } from 'commander';
import { Argument, Command } from 'commander';
import { arches } from '../arch.ts';
import { comparisonClasses } from '../model/vocabulary.ts';
import { printable } from '../report/printable.ts';
import { withoutOptions } from './config.ts';
import { mayBeEmpty, oneOf } from './options.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** What can follow on the command line: words, and whether files fit too. The shell itself completes files. */
type Completion = { files: 'none' | 'files' | 'directories'; words: Word[] };
type Word = { word: string; about: string };

/** Makes the program. Commands that are not wanted have only a name and a summary. */
type CreateProgram = (wanted: (name: string) => boolean) => Promise<Command>;

/** What `help` explains besides commands. */
type Topic = { name: string; summary: string };

/** The commands and the topics that can be typed. */
type Vocabulary = { program: Command; topics: readonly Topic[] };

/**
 * `kexec-lab completion`: prints the script for a shell. Called with the words of a command line, as the scripts do, it
 * prints what completes the last word.
 */
export function completionCommand(createProgram: CreateProgram, topics: readonly Topic[]): Command {
  const words = new Argument('[words...]', 'words to complete; the script passes them');
  mayBeEmpty.add(words);
  return new Command('completion')
    .description('print a script that completes kexec-lab commands in a shell')
    .addArgument(new Argument('<shell>', shells.join(', ')).argParser(oneOf(shells)))
    .addArgument(words)
    .addHelpText('after', helpText)
    .action(async (shell: Shell, words: string[]) => {
      if (words.length === 0) {
        process.stdout.write(scripts[shell]);
        return;
      }
      const { files, words: found } = await complete(createProgram, topics, shell, words);
      const lines = found.map(({ word, about }) => `${word}\t${printable(about)}`);
      process.stdout.write(`${[files, ...lines].join('\n')}\n`);
    });
}

const helpText = `
Examples:
  eval "$(kexec-lab completion bash)"    # in ~/.bashrc
  eval "$(kexec-lab completion zsh)"     # in ~/.zshrc, after compinit
  kexec-lab completion fish | source     # in config.fish`;

/** Each script passes the words up to the cursor, and shows the answer. The first line of it says whether files fit too. */
const scripts: Record<Shell, string> = {
  bash: `_kexec_lab() {
  local files line current="\${COMP_WORDS[COMP_CWORD]}"
  [[ $current == [=:] ]] && current=
  COMPREPLY=()
  {
    read -r files
    while IFS= read -r line; do COMPREPLY+=("\${line%%$'\\t'*}"); done
  } < <("$1" completion bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null)
  [[ $files == none || -z $files ]] && return
  compopt -o filenames 2> /dev/null
  local kind=-f
  [[ $files == directories ]] && kind=-d
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$kind" -- "$current")
}
complete -F _kexec_lab kexec-lab
`,
  zsh: `#compdef kexec-lab
_kexec_lab() {
  local -a lines words_found
  local line
  lines=("\${(@f)$("\${words[1]}" completion zsh -- "\${(@)words[2,CURRENT]}" 2> /dev/null)}")
  for line in "\${(@)lines[2,-1]}"; do
    words_found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  (( $#words_found )) && _describe kexec-lab words_found
  case $lines[1] in
    files) compset -P '*='; _files ;;
    directories) compset -P '*='; _files -/ ;;
  esac
}
compdef _kexec_lab kexec-lab
`,
  fish: `function __kexec_lab_complete
  set -l current (commandline -ct)
  set -l lines (kexec-lab completion fish -- (commandline -opc)[2..] "$current" 2> /dev/null)
  set -q lines[2]; and printf '%s\\n' $lines[2..]
  switch "$lines[1]"
    case files
      __fish_complete_path "$current"
    case directories
      __fish_complete_directories "$current"
  end
end
complete -c kexec-lab -f -a '(__kexec_lab_complete)'
`,
};

/** What completes each placeholder of an option and each argument. A test ensures that none is missing. */
export const placeholders: Record<string, () => Promise<Completion> | Completion> = {
  ...named(['log', 'logs', 'dump', 'file', 'candidate', 'source', 'baseline', 'run'], () =>
    completion('files'),
  ),
  kernels: async () => {
    const { kernelSuites } = await import('../candidate/archive-kernels.ts');
    return {
      ...fromList(['all', ...kernelSuites.map((suite) => `debian:${suite}`)]),
      files: 'files',
    };
  },
  directory: () => completion('directories'),
  arch: () => fromList(arches),
  class: () => fromList(comparisonClasses),
  shell: () => fromList(shells),
  machine: async () => {
    const { ownMachines } = await import('../qemu/machine-profile.ts');
    return { ...fromList([...ownMachines.keys()]), files: 'files' as const };
  },
  shape: async () => fromList((await import('./machine-options.ts')).shapeWords),
  ...named(['what', 'scenario'], async () => ({ ...(await scenarios()), files: 'files' as const })),
  pattern: scenarios,
  'name[=file]': async () => fromList((await import('../report/reporters.ts')).reporterNames),
  recipe: async () => fromList([...(await import('../image/recipes/recipe.ts')).ownRecipes.keys()]),
  name: async () => {
    const { schemas } = await import('./schema.ts');
    return completion(
      'none',
      schemas.map(({ name, about }) => ({ word: name, about })),
    );
  },
  ...named(
    [
      'n',
      'i/n',
      'share',
      'minutes',
      'bytes',
      'url',
      'address',
      'text',
      'device',
      'words',
      'server',
    ],
    () => completion('none'),
  ),
};

function named(names: string[], find: () => Promise<Completion> | Completion) {
  return Object.fromEntries(names.map((name) => [name, find]));
}

function completion(files: Completion['files'], words: Word[] = []): Completion {
  return { files, words };
}

function fromList(words: readonly string[]): Completion {
  return completion(
    'none',
    words.map((word) => ({ word, about: '' })),
  );
}

/** Names and labels of the built-in scenarios. Files of the user are not read, since they may contain mistakes. */
async function scenarios(): Promise<Completion> {
  const { findScenarios } = await import('./find-scenarios.ts');
  const all = findScenarios(['all']);
  const labels = [...new Set(all.flatMap((scenario) => scenario.labels))];
  return completion('none', [
    { word: 'all', about: 'every scenario' },
    ...all.map(({ name, title }) => ({ word: name, about: title })),
    ...labels.map((word) => ({ word, about: 'label' })),
  ]);
}

async function complete(
  createProgram: CreateProgram,
  topics: readonly Topic[],
  shell: Shell,
  given: string[],
): Promise<Completion> {
  const words = shell === 'bash' ? withoutBreaks(given) : given;
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const [wanted] = withoutOptions(before);
  const program = await createProgram((name) => name === wanted);
  const found = await expected({ program, topics }, before, current);
  const fitting = found.words.filter(({ word }) => word.startsWith(current));
  // bash replaces only what follows the last = or : of a word.
  const kept = shell === 'bash' ? (/^.*[=:]/.exec(current)?.[0].length ?? 0) : 0;
  return {
    files: found.files,
    words: fitting.map(({ word, about }) => ({ word: word.slice(kept), about })),
  };
}

/** Joins words again that bash split at = and :. */
function withoutBreaks(words: string[]): string[] {
  const whole: string[] = [];
  let isGlued = false;
  for (const word of words) {
    const isBreak = /^[=:]+$/.test(word);
    const last = isBreak || isGlued ? whole.pop() : undefined;
    whole.push(`${last ?? ''}${word}`);
    isGlued = isBreak;
  }
  return whole;
}

async function expected(
  vocabulary: Vocabulary,
  before: readonly string[],
  current: string,
): Promise<Completion> {
  const { program } = vocabulary;
  let command = program;
  let pending: Option | undefined;
  let positional = 0;
  for (const word of before) {
    if (pending !== undefined) {
      pending = undefined;
    } else if (word.startsWith('-')) {
      const option = optionOf(command, program, word);
      if (option !== undefined && takesValue(option)) pending = option;
    } else {
      const next =
        positional === 0 ? command.commands.find((each) => each.name() === word) : undefined;
      command = next ?? command;
      if (next === undefined) positional += 1;
    }
  }
  if (pending !== undefined) return valueOf(placeholderOf(pending), current);
  if (current.startsWith('-')) return optionWords(command, program, current);
  const args = command.registeredArguments;
  const argument = args[positional] ?? (args.at(-1)?.variadic ? args.at(-1) : undefined);
  const ofArgument =
    argument === undefined ? completion('none') : await argumentOf(argument, vocabulary, current);
  const below = positional > 0 ? [] : command.commands;
  return {
    files: ofArgument.files,
    words: [
      ...below.map((each) => ({ word: each.name(), about: each.description() })),
      ...ofArgument.words,
    ],
  };
}

/** The arguments of `help` are commands and topics. */
function argumentOf(argument: Argument, { program, topics }: Vocabulary, current: string) {
  if (argument.name() !== 'command') return valueOf(argument.name(), current);
  return completion('none', [
    ...program.commands.map((each) => ({ word: each.name(), about: each.description() })),
    ...topics.map(({ name, summary }) => ({ word: name, about: summary })),
  ]);
}

async function optionWords(
  command: Command,
  program: Command,
  current: string,
): Promise<Completion> {
  const [name = '', ...rest] = current.split('=');
  if (rest.length > 0) {
    const option = optionOf(command, program, name);
    if (option === undefined) return completion('none');
    const { files, words } = await valueOf(placeholderOf(option), rest.join('='));
    return { files, words: words.map(({ word, about }) => ({ word: `${name}=${word}`, about })) };
  }
  const help = command.createHelp();
  const options = [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
  return completion(
    'none',
    options.flatMap(({ long, description }) => (long ? [{ word: long, about: description }] : [])),
  );
}

function optionOf(command: Command, program: Command, word: string): Option | undefined {
  return [...command.options, ...program.options].find(
    ({ long, short }) => long === word || short === word,
  );
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

/** `file` of `--html <file>`. */
export function placeholderOf({ flags }: Option): string {
  return /[<[](.+)[>\]]$/.exec(flags)?.[1]?.replace(/\.\.\.$/, '') ?? '';
}

async function valueOf(placeholder: string, current: string): Promise<Completion> {
  // A file follows the name of a reporter.
  if (placeholder === 'name[=file]' && current.includes('=')) return completion('files');
  return (await placeholders[placeholder]?.()) ?? completion('none');
}
