import { CommanderError } from 'commander';
import type { ExitCode } from '../errors.ts';
import { exitCodes } from '../errors.ts';
import { fileReason, readableError } from '../file-error.ts';
import { readerHasGone, outputEvents } from './interrupt.ts';
import { createProgram, wantedCommand } from './program.ts';

/** Prints an error, and returns its exit code. */
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

/** Makes text safe to print. Works even if no module can be loaded, to report just that. */
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

/** Ends the program if standard output fails: silently if its reader has gone, otherwise with a message. */
function watchOutput(): void {
  process.stdout.on('error', (error: Error) => {
    // A run handles it, since it may have other reports to write.
    if (outputEvents.emit('failed', error)) return;
    if (readerHasGone(error)) {
      if (!outputEvents.emit('closed')) process.exit(process.exitCode ?? exitCodes.ok);
      return;
    }
    process.stderr.write(`cannot write to standard output: ${fileReason(error)}\n`);
    process.exit(exitCodes.unavailable);
  });
}

/** Runs a command line, and sets the exit code. @param argv without the program's name */
export async function start(argv: string[]): Promise<void> {
  // Stack traces name lines of the sources. This slows down the start by 3 %, and affects only modules loaded later.
  process.setSourceMapsEnabled(true);
  watchOutput();
  // With a handler, a write beyond the size limit (ulimit -f) fails; without one, the process ends without a message.
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
