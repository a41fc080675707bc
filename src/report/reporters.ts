import { resolve } from 'node:path';
import { UnavailableError, UsageError } from '../errors.ts';
import { fileHint, fileReason, readableError } from '../file-error.ts';
import type { LabEvent } from '../model/run.ts';
import { didYouMean } from '../text/nearest.ts';
import { githubReporter } from './github.ts';
import { htmlReporter } from './html.ts';
import { junitReporter } from './junit.ts';
import { listReporter } from './list.ts';
import { plainReporter } from './plain.ts';
import { printableJson } from './printable.ts';
import type { Reporter, ReporterOutput, ReporterOptions } from './reporter.ts';
import { fileOutput, standardOutput } from './reporter.ts';
import { tapReporter } from './tap.ts';

/** Reporters that show the console of running cases. */
const consoleReporters = ['list', 'plain', 'github'];

/** Whether one of the requested reporters shows the console of running cases. */
export function showsConsole(requests: readonly string[]): boolean {
  return withDefault(requests).some((request) =>
    consoleReporters.includes(request.split('=')[0] ?? ''),
  );
}

/** Reports in files leave standard output to `list`, so that a run is never silent. */
function withDefault(requests: readonly string[]): readonly string[] {
  return requests.every((request) => request.includes('=')) ? ['list', ...requests] : requests;
}

const reporters: Record<string, (output: ReporterOutput, options: ReporterOptions) => Reporter> = {
  list: (output, options) =>
    output.interactive ? listReporter(output, options) : plainReporter(output, options),
  plain: plainReporter,
  tap: tapReporter,
  json: jsonReporter,
  junit: junitReporter,
  html: htmlReporter,
  github: (output, options) => githubReporter(output, options),
};

export const reporterNames = Object.keys(reporters);

/**
 * One reporter that passes every event to the requested ones, each given as `name` (to standard output) or `name=file`. If
 * none writes to standard output, `list` does; it falls back to `plain` if the cursor cannot be moved.
 *
 * @throws UsageError for an unknown name, two reporters on standard output or in one file, or a file that cannot be written
 */
export function createReporter(
  requests: string[],
  options: ReporterOptions,
  output: () => ReporterOutput = standardOutput,
): ReporterGuard {
  const wanted = withDefault(requests).map(parseRequest);
  const onOutput = wanted.filter(({ file }) => file === null).map(({ name }) => name);
  if (onOutput.length > 1) {
    throw new UsageError(
      `only one reporter can write to standard output, not ${onOutput.join(' and ')}`,
      {
        hint: `Give the others a file: --reporter ${onOutput.at(-1) ?? ''}=FILE.`,
      },
    );
  }
  refuseSameFile(wanted.flatMap(({ file }) => file ?? []));
  return guardReporters(
    wanted.map(({ request, create, file }) => ({
      name: request,
      reporter: create(file === null ? output() : fileOutput(file), options),
      onOutput: file === null,
    })),
  );
}

function refuseSameFile(files: string[]): void {
  const paths = files.map((file) => resolve(file));
  const again = files.find((_, index) => paths.indexOf(paths[index] ?? '') !== index);
  if (again === undefined) return;
  throw new UsageError('two reporters write to this file', {
    place: again,
    hint: 'Give each reporter a file of its own.',
  });
}

/**
 * The parts of `name` or `name=file`.
 * @throws UsageError for an unknown name, or nothing after the "="
 */
export function parseRequest(request: string) {
  const [name = '', ...rest] = request.split('=');
  const file = rest.length > 0 ? rest.join('=') : null;
  const create = Object.hasOwn(reporters, name) ? reporters[name] : undefined;
  if (create === undefined) {
    const suggestion =
      didYouMean(name, reporterNames) || `; choose from ${reporterNames.join(', ')}`;
    throw new UsageError(`unknown reporter "${name}"${suggestion}`);
  }
  if (file === '') throw new UsageError(`--reporter ${name}= needs a file after the "="`);
  return { request, name, file, create };
}

/** A guarded reporter, and its name in messages. */
export type Guarded = {
  name: string;
  reporter: Reporter;
  /** Whether it writes to standard output. */
  onOutput: boolean;
};

/** Several reporters as one. */
export type ReporterGuard = {
  onEvent(event: LabEvent): void;
  onError(error: Error): void;
  /**
   * Standard output has failed. Streams report this after the write.
   * @param error null if the reader has gone, so that nobody misses the rest
   */
  outputFailed(error: Error | null): void;
  /** Ends all reporters. */
  close(): Promise<void>;
  /** What could not be reported, to be shown once at the end; null if nothing failed. */
  trouble(): UnavailableError | null;
};

/**
 * Passes every event to every reporter. A reporter that throws receives no more events; the run and the other reporters go on.
 * The guard itself does not throw.
 */
export function guardReporters(all: readonly Guarded[]): ReporterGuard {
  const failures = new Map<Guarded, Error | null>();
  const fail = (guarded: Guarded, error: unknown) => {
    const known =
      error === null || error instanceof Error
        ? error
        : new Error('not an Error', { cause: error });
    if (!failures.has(guarded)) failures.set(guarded, known);
  };
  const each = (action: (reporter: Reporter) => void) => {
    for (const guarded of all) {
      if (failures.has(guarded)) continue;
      try {
        action(guarded.reporter);
      } catch (error) {
        fail(guarded, error);
      }
    }
  };
  return {
    onEvent(event) {
      each((reporter) => {
        reporter.onEvent(event);
      });
    },
    onError(error) {
      each((reporter) => reporter.onError?.(error));
    },
    outputFailed(error) {
      for (const guarded of all) if (guarded.onOutput) fail(guarded, error);
    },
    async close() {
      for (const guarded of all) {
        try {
          // A live display restores the terminal, even after a failure.
          await guarded.reporter.close?.();
        } catch (error) {
          fail(guarded, error);
        }
      }
    },
    trouble() {
      const troubles = [...failures].flatMap(([guarded, error]) =>
        error === null ? [] : [describeTrouble(guarded, error)],
      );
      return troubles.length === 0 ? null : new UnavailableError(troubles.join('\n'));
    },
  };
}

function describeTrouble({ name, onOutput }: Guarded, error: Error): string {
  const head = `report ${name} is incomplete`;
  const { code, path } = error as NodeJS.ErrnoException;
  // The error of a stream has no path.
  if (onOutput && code !== undefined && path === undefined)
    return `${head}: cannot write to standard output: ${fileReason(error)}\n  ${fileHint(error)}`;
  const readable = readableError(error);
  if (readable !== null) return `${head}: ${readable.describe()}`;
  return `${head}: this is a bug in kexec-lab, please report it\n${error.stack ?? error.message}`;
}

/** The report of the run as a JSON document, schema `kexec-lab/run@1`. */
function jsonReporter(output: ReporterOutput): Reporter {
  return {
    onEvent(event) {
      if (event.type === 'run-finished') output.write(`${printableJson(event.report)}\n`);
    },
  };
}
