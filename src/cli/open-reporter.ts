import { exitCodes } from '../errors.ts';
import { createReporter } from '../report/create-reporter.ts';
import type { ReporterGuard } from '../report/guard.ts';
import { printableLines } from '../report/printable.ts';
import type { ReporterOptions, ReporterOutput } from '../report/reporter.ts';
import { readerHasGone, standardOutput } from './output-closed.ts';

export type OpenReporter = Pick<ReporterGuard, 'onEvent' | 'onError'> & {
  /**
   * Ends the reports. What could not be written is told on standard error, and turns an exit code 0 into 5: the run
   * passed, but somebody waits for a report. Every other exit code says something more important.
   */
  close(): Promise<void>;
};

/**
 * Opens the reporters asked for. Trouble with standard output is theirs until they are closed: a full disk behind it
 * stops nothing; a reader that has gone stops the run only if no other report was asked for.
 * @throws UsageError for requests that make no sense
 */
export function openReporter(
  requests: string[],
  options: ReporterOptions,
  output?: () => ReporterOutput,
): OpenReporter {
  const reporter = createReporter(requests, options, output);
  const others = requests.some((request) => request.includes('='));
  const onFailed = (error: Error) => {
    if (!readerHasGone(error)) reporter.outputFailed(error);
    else if (others) reporter.outputFailed(null);
    else standardOutput.emit('closed');
  };
  standardOutput.on('failed', onFailed);
  return {
    onEvent: reporter.onEvent.bind(reporter),
    onError: reporter.onError.bind(reporter),
    async close() {
      await reporter.close();
      // A stream tells its failures after the write; whatever comes of this one, those before it have been told.
      await new Promise<unknown>((resolve) => process.stdout.write('', resolve));
      standardOutput.off('failed', onFailed);
      const trouble = reporter.trouble();
      if (trouble === null) return;
      process.stderr.write(`${printableLines(trouble.describe())}\n`);
      process.exitCode ||= exitCodes.unavailable;
    },
  };
}
