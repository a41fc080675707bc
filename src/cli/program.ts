import { Command } from 'commander';
import { ownVersion } from '../host/own-directory.ts';
import { keepContract } from './contract.ts';

/** The commands. A module is loaded when its command is wanted, so that help is there at once. */
const commands: { name: string; summary: string; load: () => Promise<Command> }[] = [
  {
    name: 'run',
    summary: 'boot scenarios and say what became of each',
    load: async () => (await import('./run.ts')).runCommand(),
  },
  {
    name: 'matrix',
    summary: 'show how a run is spread over several machines',
    load: async () => (await import('./matrix.ts')).matrixCommand(),
  },
  {
    name: 'merge',
    summary: 'put the shards of a run together',
    load: async () => (await import('./merge.ts')).mergeCommand(),
  },
  {
    name: 'list',
    summary: 'show the scenarios there are',
    load: async () => (await import('./list.ts')).listCommand(),
  },
  {
    name: 'show',
    summary: 'tell what a scenario does, and how to boot it by hand',
    load: async () => (await import('./show.ts')).showCommand(),
  },
  {
    name: 'preflight',
    summary: 'look at a kernel before it is started anywhere',
    load: async () => (await import('./preflight.ts')).preflightCommand(),
  },
  {
    name: 'diagnose',
    summary: 'say what a saved console log shows',
    load: async () => (await import('./diagnose.ts')).diagnoseCommand(),
  },
  {
    name: 'check',
    summary: 'say whether a kernel can be rolled out',
    load: async () => (await import('./check.ts')).checkCommand(),
  },
  {
    name: 'compare',
    summary: 'say what changed between two runs',
    load: async () => (await import('./compare.ts')).compareCommand(),
  },
  {
    name: 'baseline',
    summary: 'keep what a run did, to compare others with',
    load: async () => (await import('./baseline.ts')).baselineCommand(),
  },
  {
    name: 'autopsy',
    summary: 'read the kernels’ own logs out of a memory dump',
    load: async () => (await import('./autopsy.ts')).autopsyCommand(),
  },
  {
    name: 'rewind',
    summary: 'play a recorded boot again, byte for byte, or stop in it for gdb',
    load: async () => (await import('./rewind.ts')).rewindCommand(),
  },
  {
    name: 'doctor',
    summary: 'show what is installed, what is missing, and which QEMU is used',
    load: async () => (await import('./doctor.ts')).doctorCommand(),
  },
  {
    name: 'images',
    summary: 'show, build and clean up what scenarios boot',
    load: async () => (await import('./images.ts')).imagesCommand(),
  },
  {
    name: 'schema',
    summary: 'list the JSON Schemas of its files, or print one',
    load: async () => (await import('./schema.ts')).schemaCommand(),
  },
];

const helpText = `
Examples:
  kexec-lab run all
  kexec-lab run kexec-to-distro --arch arm --tail
  kexec-lab help run

Exit codes:
  0  all as expected            4    nothing selected
  1  something failed           5    the lab could not run a case
  2  a mistake in arguments     7    hold: do not roll out
     or a scenario              130  interrupted`;

/** The command that is wanted, or wanted help for; undefined where none is named. */
export function wantedCommand(argv: readonly string[]): string | undefined {
  const [first, second] = argv.filter((word) => !word.startsWith('-'));
  return first === 'help' ? second : first;
}

/**
 * The whole command line as commander knows it.
 * @param wanted tells which commands are loaded; of the others only name and summary are there
 */
export async function createProgram(wanted: (name: string) => boolean): Promise<Command> {
  const program = new Command('kexec-lab')
    .description('Boots ARM machines, makes them kexec, and explains every failure.')
    .version(ownVersion())
    .addHelpText('after', helpText)
    .showSuggestionAfterError()
    .exitOverride();
  for (const { name, summary, load } of commands) {
    program.addCommand(wanted(name) ? await load() : new Command(name).description(summary));
  }
  return keepContract(program);
}
