import { join } from 'node:path';
import type { Request } from './inputs.ts';

/** What a command is started with, and the reports it then writes. */
export type CommandLine = {
  words: string[];
  /** HTML of the run or of the comparison; text of a preflight, which the Action itself writes. */
  report: string;
  junit: string | null;
};

/**
 * The words after `kexec-lab` that do what was asked for.
 * @param summary the file of the job's summary; undefined where there is none
 */
export function commandLineOf(request: Request, summary: string | undefined): CommandLine {
  const { command, out, what } = request;
  const common = [command, '--with-deps', ...optionWords(request)];
  if (command === 'preflight') {
    return { words: common, report: join(out, 'preflight.txt'), junit: null };
  }
  if (command === 'check') {
    const report = join(out, 'comparison.html');
    const reports = [`--html=${report}`, ...(summary ? [`--markdown=${summary}`] : [])];
    return { words: [...common, `--out=${out}`, ...reports, '--', ...what], report, junit: null };
  }
  const [report, junit] = [join(out, 'report.html'), join(out, 'junit.xml')];
  const reporters = ['github', `junit=${junit}`, `html=${report}`];
  const words = reporters.map((reporter) => `--reporter=${reporter}`);
  return {
    words: [...common, `--out=${out}`, ...words, '--', ...scenariosOf(request)],
    report,
    junit,
  };
}

/** What is booted: without a word, `run` takes the quick scenarios. (`check` has its own, and `preflight` boots nothing.) */
export function scenariosOf({ command, what }: Request): string[] {
  if (what.length > 0) return what;
  return { run: ['quick'], check: ['check'], preflight: [] }[command];
}

/** `--name=value` each, so that no value can be taken for an option. */
function optionWords({ options }: Request): string[] {
  return Object.entries(options).flatMap(([name, values]) =>
    values.map((value) => `--${name}=${value}`),
  );
}
