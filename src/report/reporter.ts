import { openSync, writeFileSync } from 'node:fs';
import { styleText } from 'node:util';
import { hostFileError, namedFileError } from '../file-error.ts';
import { checkOutput } from '../host/user-file.ts';
import type { CaseResult } from '../model/result.ts';
import type { LabEvent } from '../model/run.ts';

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
    columns: 80,
  };
}

/** Marks text for a terminal; every function returns its argument unchanged where colour is off. */
export type Style = Record<(typeof marks)[number], (text: string) => string>;

const marks = ['bold', 'dim', 'red', 'green', 'yellow'] as const;

export function createStyle(color: boolean): Style {
  const mark = (name: (typeof marks)[number]) => (text: string) =>
    color && text !== '' ? styleText(name, text, { validateStream: false }) : text;
  return Object.fromEntries(marks.map((name) => [name, mark(name)])) as Style;
}

/**
 * Whether to write colour, by the two conventions users know: FORCE_COLOR (anything but `0`) says yes to everything,
 * NO_COLOR (not empty) says no; else a terminal that is not `dumb` gets colour.
 */
export function wantsColor(isTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0';
  return isTerminal && !env.NO_COLOR && env.TERM !== 'dumb';
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
export type ReporterOutput = {
  write(text: string): void;
  /** True where the cursor may be moved (an interactive terminal). */
  interactive: boolean;
  color: boolean;
  columns: number;
};

/** What a reporter is told beside the events. */
export type ReporterOptions = {
  /** The command that runs a case again, as one types it. */
  rerun: (result: CaseResult) => string;
  /** Whether to show only the cases that did not pass, and the summary. */
  quiet?: boolean;
};
