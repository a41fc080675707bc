import { UsageError } from '../errors.ts';
import { didYouMean } from '../scenario/nearest.ts';
import { githubReporter } from './github.ts';
import { htmlReporter } from './html.ts';
import { jsonReporter } from './json.ts';
import { junitReporter } from './junit.ts';
import { listReporter } from './list.ts';
import { fileOutput, standardOutput } from './output.ts';
import { plainReporter } from './plain.ts';
import type { Reporter, ReporterOptions, ReporterOutput } from './reporter.ts';
import { tapReporter } from './tap.ts';

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
 * One that fails (a full disk) is left out from then on, so that it harms neither the run nor the others;
 * `close` throws its error in the end.
 *
 * @throws UsageError for an unknown name, two on standard output, or a file that cannot be written
 */
export function createReporter(
  requests: string[],
  options: ReporterOptions,
  output: () => ReporterOutput = standardOutput,
): Reporter {
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
  return fanOut(
    wanted.map(({ create, file }) => create(file === null ? output() : fileOutput(file), options)),
  );
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
  return { name, file, create };
}

function fanOut(all: Reporter[]): Reporter {
  const failures = new Map<Reporter, Error>();
  const each = (action: (reporter: Reporter) => void) => {
    for (const reporter of all) {
      if (failures.has(reporter)) continue;
      try {
        action(reporter);
      } catch (error) {
        failures.set(reporter, error as Error);
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
    async close() {
      for (const reporter of all) await reporter.close?.();
      const [failure] = failures.values();
      if (failure !== undefined) throw failure;
    },
  };
}
