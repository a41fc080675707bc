import { openSync, writeFileSync } from 'node:fs';
import { hostFileError, namedFileError } from '../file-error.ts';
import { checkOutput } from '../host/user-file.ts';
import type { CaseResult } from '../model/result.ts';
import type { LabEvent } from '../model/run.ts';
import type { Display } from './style.ts';
import { wantsAscii, wantsColor } from './style.ts';

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
    ascii: wantsAscii(isTerminal, env),
    get columns() {
      return isTerminal ? stream.columns || 80 : Infinity;
    },
  };
}

/**
 * A file, emptied at once so that a path that cannot be written is known before anything runs.
 * @throws UsageError when it cannot be opened; `write` throws UnavailableError when it cannot be written (full disk)
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

/** Shows a run. Gets every event in order; must never throw for what a guest printed. */
export type Reporter = {
  onEvent(event: LabEvent): void;
  /** Called instead of any further event when the run could not go on. */
  onError?(error: Error): void;
  /** Called once after the last event; may finish writing. */
  close?(): void | Promise<void>;
};

/** Where a reporter writes and what that place can do. */
export type ReporterOutput = Display & {
  write(text: string): void;
  /** True where the cursor may be moved (an interactive terminal). */
  interactive: boolean;
};

/** What a reporter is told beside the events. */
export type ReporterOptions = {
  /** The command that runs a case again, as one types it. */
  rerun: (result: CaseResult) => string;
  /** Whether to show only the cases that did not pass, and the summary. */
  quiet?: boolean;
};
