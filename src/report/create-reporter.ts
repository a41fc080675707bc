import { resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import { didYouMean } from '../scenario/nearest.ts';
import { githubReporter } from './github.ts';
import { guardReporters } from './guard.ts';
import type { ReporterGuard } from './guard.ts';
import { htmlReporter } from './html.ts';
import { jsonReporter } from './json.ts';
import { junitReporter } from './junit.ts';
import { listReporter } from './list.ts';
import { fileOutput, standardOutput } from './output.ts';
import { plainReporter } from './plain.ts';
import type { Reporter, ReporterOptions, ReporterOutput } from './reporter.ts';
import { tapReporter } from './tap.ts';

/** Those that show the console of running cases. */
const consoleReporters = ['list', 'plain', 'github'];

/** Whether any of the reporters asked for shows the console of running cases. */
export function showsConsole(requests: readonly string[]): boolean {
  const names = requests.map((request) => request.split('=')[0] ?? '');
  return names.length === 0 || names.some((name) => consoleReporters.includes(name));
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
 * One reporter that hands every event to those asked for, each as `name` (to standard output) or `name=file`.
 * Asked for none, it is `list`, which is `plain` where the cursor cannot be moved.
 *
 * @throws UsageError for an unknown name, two on standard output or in one file, or a file that cannot be written
 */
export function createReporter(
  requests: string[],
  options: ReporterOptions,
  output: () => ReporterOutput = standardOutput,
): ReporterGuard {
  const wanted = (requests.length > 0 ? requests : ['list']).map(parseRequest);
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

function parseRequest(request: string) {
  const [name = '', ...rest] = request.split('=');
  const file = rest.length > 0 ? rest.join('=') : null;
  const create = Object.hasOwn(reporters, name) ? reporters[name] : undefined;
  if (create === undefined) {
    const suggestion = didYouMean(name, reporterNames) || `; there is: ${reporterNames.join(', ')}`;
    throw new UsageError(`there is no reporter "${name}"${suggestion}`);
  }
  if (file === '') throw new UsageError(`--reporter ${name}= needs a file behind the "="`);
  return { request, name, file, create };
}
