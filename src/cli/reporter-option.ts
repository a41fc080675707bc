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

/** `--reporter`, the same in every command. */
export function reporterOption(): Option {
  const names = reporterNames.join(', ');
  return new Option(
    '--reporter <name[=file]>',
    `write a report to standard output or a file: ${names} (repeatable)`,
  )
    .argParser(collect((text) => parseRequest(text).request))
    .default([], 'list on a terminal, otherwise plain; also beside reports in files');
}

type OpenReporter = Pick<ReporterGuard, 'onEvent' | 'onError'> & {
  /**
   * Ends the reports. A report that could not be written is named on standard error, and turns exit code 0 into 5. Any
   * other exit code is more important and is kept.
   */
  close(): Promise<void>;
};

/**
 * Opens the reporters. Until they are closed, they handle failures of standard output: a full disk does not stop the run,
 * and a closed pipe stops it only if no report goes to a file.
 * @throws UsageError for requests that cannot be combined, or a file that cannot be written
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
      // A stream reports failures after the write. Once this empty write is done, all earlier ones have been reported.
      await new Promise<unknown>((resolve) => process.stdout.write('', resolve));
      outputEvents.off('failed', onFailed);
      const trouble = reporter.trouble();
      if (trouble === null) return;
      process.stderr.write(`${printableLines(trouble.describe())}\n`);
      process.exitCode ||= exitCodes.unavailable;
    },
  };
}

/** The command that runs a case again. It names a built-in scenario by its name, any other by its file. */
export function rerunCommand({ scenario, arch, place }: CaseResult): string {
  const program = process.env.npm_command === 'exec' ? 'npx kexec-lab' : 'kexec-lab';
  const { file } = splitPlace(place);
  const own = dirname(file) === ownScenarios;
  // The run may come from another machine, with kexec-lab in another place.
  const builtIn = own || (!existsSync(file) && existsSync(join(ownScenarios, `${scenario}.yaml`)));
  const what = builtIn ? scenario : shellQuote(shortPath(file));
  return `${program} run ${what} --arch ${arch} --tail`;
}
