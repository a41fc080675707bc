import { openSync, writeFileSync } from 'node:fs';
import { UnavailableError, UsageError } from '../errors.ts';
import { fileTrouble } from '../host/file-trouble.ts';
import { checkOutput } from '../host/output-file.ts';
import type { ReporterOutput } from './reporter.ts';
import { wantsColor } from './style.ts';

/** Standard output as it is: a terminal, a pipe or a file. */
export function standardOutput(
  stream: NodeJS.WriteStream = process.stdout,
  env: NodeJS.ProcessEnv = process.env,
): ReporterOutput {
  // On what is not a terminal, `isTTY` is undefined, whatever the type says.
  const isTerminal = (stream.isTTY as boolean | undefined) ?? false;
  return {
    write(text) {
      stream.write(text);
    },
    interactive: isTerminal && env.TERM !== 'dumb',
    color: wantsColor(isTerminal, env),
    get columns() {
      return stream.columns || 80;
    },
  };
}

/**
 * A file, emptied at once so that a path that cannot be written is known before anything runs.
 * @throws UsageError when it cannot be opened; `write` throws UnavailableError when it cannot be written (full disk)
 */
export function fileOutput(file: string): ReporterOutput {
  checkOutput(file);
  const descriptor = attempt(() => openSync(file, 'w'), UsageError, file);
  return {
    write(text) {
      attempt(
        () => {
          writeFileSync(descriptor, text);
        },
        UnavailableError,
        file,
      );
    },
    interactive: false,
    color: false,
    columns: 80,
  };
}

function attempt<T>(
  action: () => T,
  ErrorClass: typeof UsageError | typeof UnavailableError,
  file: string,
): T {
  try {
    return action();
  } catch (error) {
    throw new ErrorClass(`the report cannot be written: ${fileTrouble(error)}`, {
      place: file,
      hint: 'Choose another file with --reporter NAME=FILE.',
      cause: error,
    });
  }
}
