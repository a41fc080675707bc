import { InvalidArgumentError } from 'commander';
import type { LabEvent } from '../model/run.ts';
import { count } from '../report/result-text.ts';

/** The longest time limit, in minutes: a week. Node's timers take no more than 24 days. */
const longest = 7 * 24 * 60;

/** A parser for `--timeout`: minutes, with decimals. */
export function parseMinutes(text: string): number {
  const minutes = Number(text);
  if (/^\d+(?:\.\d+)?$/.test(text) && minutes > 0 && minutes <= longest) return minutes;
  throw new InvalidArgumentError(
    `Use minutes greater than 0, up to ${longest}, such as 30 or 1.5.`,
  );
}

type RunLimits = {
  /** Fires when a limit is reached; its reason says which. */
  signal: AbortSignal;
  /** Counts failures. Every event of the run must be passed to it. */
  note(event: LabEvent): void;
  /** Whether `--max-failures` stopped the run. */
  failedOften(): boolean;
  /** Ends the timer. */
  release(): void;
};

/**
 * Stops a run after a time or after a number of failures (`fail` and `error`; what the lab could not run does not count).
 * @param timeout minutes from now
 */
export function limitRun({
  timeout,
  maxFailures,
}: {
  timeout?: number;
  maxFailures?: number;
}): RunLimits {
  const controller = new AbortController();
  let failures = 0;
  const timer =
    timeout === undefined
      ? undefined
      : setTimeout(() => {
          controller.abort(`--timeout: ${count(timeout, 'minute')} passed`);
        }, timeout * 60_000);
  const failedOften = () => maxFailures !== undefined && failures >= maxFailures;
  return {
    signal: controller.signal,
    note(event) {
      if (event.type !== 'case-finished') return;
      if (event.result.verdict !== 'fail' && event.result.verdict !== 'error') return;
      failures += 1;
      if (failedOften()) controller.abort(`--max-failures: ${count(failures, 'case')} failed`);
    },
    failedOften,
    release() {
      clearTimeout(timer);
    },
  };
}
