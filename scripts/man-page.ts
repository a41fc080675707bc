import type { Command } from 'commander';
import { createProgram, fullName, topics } from '../src/cli/program.ts';

/** The manual page, made from the same command definitions as `--help`. */
export const manPage = { file: 'man/kexec-lab.1', render };

async function render(): Promise<string> {
  const program = await createProgram(() => true);
  const help = program.createHelp();
  const about = program.description().replace(/\.$/, '');
  const commands = help
    .visibleCommands(program)
    .filter((command) => command.name() !== 'help')
    .flatMap((command) =>
      command.commands.length === 0
        ? [command]
        : [command, ...help.visibleCommands(command).filter((each) => each.name() !== 'help')],
    );
  return [
    '.\\" Made by `npm run docs` from the help texts of the commands; change those.',
    `.TH KEXEC-LAB 1 "" "kexec-lab ${program.version() ?? ''}" "User Commands"`,
    '.SH NAME',
    text(`kexec-lab - ${about.charAt(0).toLowerCase()}${about.slice(1)}`),
    '.SH SYNOPSIS',
    '.B kexec\\-lab',
    '.I command',
    '.RI [ options ]',
    '.SH DESCRIPTION',
    text(program.description()),
    ...options(program),
    ...notes(program),
    '.SH COMMANDS',
    ...commands.flatMap(section),
    ...(await topicSections()),
    '.SH FILES',
    '.TP',
    '.I ~/.cache/kexec\\-lab',
    text('Images, downloads and checkpoints. KEXEC_LAB_CACHE names another directory.'),
    '.TP',
    '.I kexec\\-lab.config.yaml',
    text('Defaults for options. See docs/configuration.md.'),
    '.TP',
    '.I ~/.config/kexec\\-lab/config.yaml',
    text('The same, for directories without such a file. XDG_CONFIG_HOME replaces ~/.config.'),
    '.TP',
    '.I runs/',
    text('The records of runs: consoles, results, events.jsonl and report.json.'),
    '.SH ENVIRONMENT',
    '.TP',
    '.B KEXEC_LAB_CACHE',
    text('The directory for images and downloads.'),
    '.TP',
    '.B KEXEC_LAB_QEMU_DIR',
    text('The directory with the only QEMU programs to use, like --qemu-dir.'),
    '.TP',
    '.B KEXEC_LAB_MIRROR',
    text('The Debian mirror to download from, like --mirror.'),
    '.TP',
    '.BR NO_COLOR ", " FORCE_COLOR',
    text('Turn colour off or on.'),
    '',
  ].join('\n');
}

/** What `kexec-lab help TOPIC` prints. */
async function topicSections(): Promise<string[]> {
  const sections = topics.map(async ({ name, rows }) => [
    `.SH ${name.toUpperCase()}`,
    ...(await rows()).flatMap(([word, about]) => [
      '.TP',
      `.B ${escape(word)}`,
      text(sentence(about)),
    ]),
  ]);
  return (await Promise.all(sections)).flat();
}

function section(command: Command): string[] {
  const usage = command.createHelp().commandUsage(command);
  return [
    `.SS ${escape(fullName(command).replace(/^kexec-lab /, ''))}`,
    text(sentence(command.description())),
    '.PP',
    `.B ${escape(usage)}`,
    ...options(command),
    ...notes(command),
  ];
}

function options(command: Command): string[] {
  const help = command.createHelp();
  return help
    .visibleOptions(command)
    .filter(({ long }) => long !== '--help')
    .flatMap((option) => [
      '.TP',
      `.B ${escape(help.optionTerm(option))}`,
      text(sentence(help.optionDescription(option))),
    ]);
}

/** What `--help` shows after the options: examples and exit codes. */
function notes(command: Command): string[] {
  let shown = '';
  command.configureOutput({ writeOut: (part) => (shown += part), getOutHelpWidth: () => 100 });
  const before = command.helpInformation();
  command.outputHelp();
  const rest = shown.slice(before.length).trim();
  if (rest === '') return [];
  return [
    '.PP',
    ...rest.split('\n\n').flatMap((paragraph) => {
      const lines = paragraph.split('\n');
      const isProse = lines.every((line) => !line.startsWith(' '));
      return isProse ? ['.PP', ...lines.map(text)] : ['.PP', '.nf', ...lines.map(text), '.fi'];
    }),
  ];
}

/** A description as a sentence. */
function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}`;
}

/** A line of text: no request, and no character that roff reads otherwise. */
function text(line: string): string {
  const escaped = escape(line);
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

function escape(line: string): string {
  return line
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('’', "'")
    .replaceAll('…', '...');
}
