#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { exitCodes, KexecLabError } from '../errors.ts';
import type { ExitCode } from '../errors.ts';
import { ownVersion } from '../host/own-directory.ts';
import { printableLines } from '../report/printable.ts';
import { standardOutput } from './output-closed.ts';

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
    summary: 'print the JSON Schema of scenario files',
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

async function createProgram(argv: string[]): Promise<Command> {
  const program = new Command('kexec-lab')
    .description('Boots ARM machines, makes them kexec, and explains every failure.')
    .version(ownVersion())
    .addHelpText('after', helpText)
    .showSuggestionAfterError()
    .configureOutput({
      // What the user typed is in it, and in a CI system others may have chosen that.
      outputError: (text, write) => {
        write(printableLines(text.replace('\n(Did', ' (did')));
      },
    })
    .exitOverride();
  const [first, second] = argv.filter((word) => !word.startsWith('-'));
  const wanted = first === 'help' ? second : first;
  for (const { name, summary, load } of commands) {
    const command = name === wanted ? await load() : new Command(name).description(summary);
    program.addCommand(command.copyInheritedSettings(program));
  }
  return program;
}

/** Says what went wrong in the one way each kind of error is said, and returns the exit code. */
async function explain(error: unknown): Promise<ExitCode> {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
  if (error instanceof KexecLabError) {
    process.stderr.write(`${printableLines(error.describe())}\n`);
    return error.exitCode;
  }
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `internal error: this is a bug in kexec-lab, please report it with the lines below\n${printableLines(details)}\n`,
  );
  return exitCodes.internal;
}

/** Standard output can fail at any time: quietly when its reader has gone, else for the user to know. */
function watchOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || error.code === 'EIO') {
      if (!standardOutput.emit('closed')) process.exit(process.exitCode ?? exitCodes.ok);
      return;
    }
    process.stderr.write(`standard output cannot be written: ${error.message}\n`);
    process.exit(exitCodes.unavailable);
  });
}

async function main(argv: string[]): Promise<void> {
  watchOutput();
  process.on('uncaughtException', (error) => {
    void explain(error).then((code) => process.exit(code));
  });
  try {
    const program = await createProgram(argv);
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    process.exitCode = await explain(error);
  }
}

await main(process.argv.slice(2));
