import type { LabEvent } from '../lab/events.ts';
import { UnavailableError } from '../errors.ts';
import { fileHint, fileReason, readableError } from '../file-error.ts';
import type { Reporter } from './reporter.ts';

/** A reporter behind the guard, and what it is called in messages. */
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
   * Standard output takes no more, which is learned later than the write that found out.
   * @param error null where only its reader has gone: nobody misses the rest
   */
  outputFailed(error: Error | null): void;
  /** Ends all reporters. */
  close(): Promise<void>;
  /** What could not be reported, to be told once, at the end; null where all went well. */
  trouble(): UnavailableError | null;
};

/**
 * Hands every event to every reporter. One that throws is left out from then on: it harms neither the run nor the
 * others. Nothing here ever throws.
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
          // A live display gives the terminal back, also where it could not show everything.
          await guarded.reporter.close?.();
        } catch (error) {
          fail(guarded, error);
        }
      }
    },
    trouble() {
      const troubles = [...failures].flatMap(([guarded, error]) =>
        error === null ? [] : [describe(guarded, error)],
      );
      return troubles.length === 0 ? null : new UnavailableError(troubles.join('\n'));
    },
  };
}

function describe({ name, onOutput }: Guarded, error: Error): string {
  const head = `report ${name} is incomplete`;
  const { code, path } = error as NodeJS.ErrnoException;
  // A stream's error names no path.
  if (onOutput && code !== undefined && path === undefined)
    return `${head}: cannot write to standard output: ${fileReason(error)}\n  ${fileHint(error)}`;
  const readable = readableError(error);
  if (readable !== null) return `${head}: ${readable.describe()}`;
  return `${head}: this is a bug in kexec-lab, please report it\n${error.stack ?? error.message}`;
}
