import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Option } from 'commander';
import { exitCodes } from '../errors.ts';
import type { CaseResult } from '../model/result.ts';
import { printableLines } from '../report/printable.ts';
import type { ReporterOptions, ReporterOutput } from '../report/reporter.ts';
import type { ReporterGuard } from '../report/reporters.ts';
import { createReporter, parseRequest, reporterNames } from '../report/reporters.ts';
import { shortPath, splitPlace } from '../report/result-text.ts';
import { ownScenarios } from '../scenario/load.ts';
import { shellQuote } from '../text/shell.ts';
import { readerHasGone, outputEvents } from './interrupt.ts';
import { collect } from './options.ts';

/** `--reporter`, as every command has it. */
export function reporterOption(): Option {
  const names = reporterNames.join(', ');
  return new Option(
    '--reporter <name[=file]>',
    `write a report to standard output or a file: ${names} (repeatable)`,
  )
    .argParser(collect((text) => parseRequest(text).request))
    .default([], 'list on a terminal, otherwise plain');
}

type OpenReporter = Pick<ReporterGuard, 'onEvent' | 'onError'> & {
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
    else outputEvents.emit('closed');
  };
  outputEvents.on('failed', onFailed);
  return {
    onEvent: reporter.onEvent.bind(reporter),
    onError: reporter.onError.bind(reporter),
    async close() {
      await reporter.close();
      // A stream tells its failures after the write; whatever comes of this one, those before it have been told.
      await new Promise<unknown>((resolve) => process.stdout.write('', resolve));
      outputEvents.off('failed', onFailed);
      const trouble = reporter.trouble();
      if (trouble === null) return;
      process.stderr.write(`${printableLines(trouble.describe())}\n`);
      process.exitCode ||= exitCodes.unavailable;
    },
  };
}

/** The command that runs a case again, as one types it: built-in scenarios by their names, the user's by their files. */
export function rerunCommand({ scenario, arch, place }: CaseResult): string {
  const program = process.env.npm_command === 'exec' ? 'npx kexec-lab' : 'kexec-lab';
  const { file } = splitPlace(place);
  const own = dirname(file) === ownScenarios;
  // The run may have been made on another machine, with kexec-lab elsewhere.
  const builtIn = own || (!existsSync(file) && existsSync(join(ownScenarios, `${scenario}.yaml`)));
  const what = builtIn ? scenario : shellQuote(shortPath(file));
  return `${program} run ${what} --arch ${arch} --tail`;
}
