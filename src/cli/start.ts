import { CommanderError } from 'commander';
import type { ExitCode } from '../errors.ts';
import { exitCodes } from '../errors.ts';
import { fileReason, readableError } from '../file-error.ts';
import { readerHasGone, outputEvents } from './interrupt.ts';
import { createProgram, wantedCommand } from './program.ts';

/** Says what went wrong in the one way each kind of error is said, and returns the exit code. */
async function explain(error: unknown): Promise<ExitCode> {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
  const safe = await loadPrintable();
  const readable = readableError(error);
  if (readable !== null) {
    process.stderr.write(`${safe(readable.describe())}\n`);
    return readable.exitCode;
  }
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `internal error: this is a bug in kexec-lab, please report it with the lines below\n${safe(details)}\n`,
  );
  return exitCodes.internal;
}

/** Where not even a module can be loaded, what is to be said of that is said all the same. */
async function loadPrintable(): Promise<(text: string) => string> {
  try {
    const { printableLines } = await import('../report/printable.ts');
    const { standardOutput } = await import('../report/reporter.ts');
    const { createStyle } = await import('../report/style.ts');
    const { encode } = createStyle(standardOutput(process.stderr));
    return (text) => encode(printableLines(text));
  } catch {
    return (text) => text.replaceAll(/[^\P{Cc}\n]/gu, '');
  }
}

/** Standard output can fail at any time: quietly when its reader has gone, otherwise with a message. */
function watchOutput(): void {
  process.stdout.on('error', (error: Error) => {
    // A run has other reports to write.
    if (outputEvents.emit('failed', error)) return;
    if (readerHasGone(error)) {
      if (!outputEvents.emit('closed')) process.exit(process.exitCode ?? exitCodes.ok);
      return;
    }
    process.stderr.write(`cannot write to standard output: ${fileReason(error)}\n`);
    process.exit(exitCodes.unavailable);
  });
}

/** Runs the command that these words of a command line ask for, and sets the exit code. */
export async function start(argv: string[]): Promise<void> {
  // Stack traces name the lines of the sources. It costs 3 % of a start, and only commands loaded from here on.
  process.setSourceMapsEnabled(true);
  watchOutput();
  // Otherwise a file that reaches the limit for its size (ulimit -f) ends us without a word; so its write fails instead.
  process.on('SIGXFSZ', () => undefined);
  process.on('uncaughtException', (error) => {
    void explain(error).then((code) => process.exit(code));
  });
  try {
    const wanted = wantedCommand(argv);
    const program = await createProgram((name) => name === wanted);
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    process.exitCode = await explain(error);
  }
}
