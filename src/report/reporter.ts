import { openSync, writeFileSync } from 'node:fs';
import { hostFileError, namedFileError } from '../file-error.ts';
import { checkOutput } from '../host/user-file.ts';
import type { CaseResult } from '../model/result.ts';
import type { LabEvent } from '../model/run.ts';
import type { Display } from './style.ts';
import { wantsAscii, wantsColor } from './style.ts';

/** What a reporter is, and where it writes. */

/** Shows a run. It receives every event in order and must not throw for anything that a guest printed. */
export type Reporter = {
  onEvent(event: LabEvent): void;
  /** Called when the run cannot go on; no event follows. */
  onError?(error: Error): void;
  /** Called once, last. A report may be written here. */
  close?(): void | Promise<void>;
};

/** Where a reporter writes, and what that place can show. */
export type ReporterOutput = Display & {
  write(text: string): void;
  /** True where the cursor may be moved (an interactive terminal). */
  interactive: boolean;
};

/** Options of a run that reporters need. */
export type ReporterOptions = {
  /** The command that runs a case again, as a user types it. */
  rerun: (result: CaseResult) => string;
  /** Show only the cases that did not pass, and the summary. */
  quiet?: boolean;
  /** Whether to show how captured servers differ from their machines. Default: true. */
  differences?: boolean;
};

/** Standard output or standard error: a terminal, a pipe or a file. */
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
    ascii: wantsAscii(isTerminal, env),
    get columns() {
      return isTerminal ? stream.columns || 80 : Infinity;
    },
  };
}

/**
 * A file. It is emptied at once, so that a path that cannot be written is found before anything runs.
 * @throws UsageError when it cannot be opened; `write` throws UnavailableError (full disk)
 */
export function fileOutput(file: string): ReporterOutput {
  checkOutput(file);
  const doing = 'write this report';
  let descriptor: number;
  try {
    descriptor = openSync(file, 'w');
  } catch (cause) {
    throw namedFileError(cause, { place: file, doing });
  }
  return {
    write(text) {
      try {
        writeFileSync(descriptor, text);
      } catch (cause) {
        throw hostFileError(cause, { place: file, doing });
      }
    },
    interactive: false,
    color: false,
    ascii: false,
    columns: Infinity,
  };
}
