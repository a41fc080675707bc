import type { CaseResult } from '../model/result.ts';
import type { CaseReference, LabEvent } from '../model/run.ts';
import { printable, withoutCommands } from './printable.ts';
import type { ReporterOptions, Reporter, ReporterOutput, Style } from './reporter.ts';
import { createStyle } from './reporter.ts';
import {
  count,
  formatSeconds,
  outcomeWord,
  resultRows,
  symbols,
  describeProgress,
  shortPath,
  summaryLine,
} from './result-text.ts';

/** Lines that never move: for CI logs, files and terminals that cannot do more. */
export function plainReporter(output: ReporterOutput, options: ReporterOptions): Reporter {
  const style = createStyle(output.color);
  const transcript = createTranscript(style, options);
  const steps = new Map<string, string>();
  return {
    onEvent(event) {
      const lines = transcript(event);
      if (options.quiet) {
        if (lines.length > 0) output.write(withoutCommands(`${lines.join('\n')}\n`));
        return;
      }
      if (event.type === 'case-started') lines.push(style.dim(`… ${event.case.id}`));
      if (event.type === 'images-progress') {
        const { image, step } = describeProgress(event.progress);
        // A download reports every few kilobytes; a log wants to hear of each step once.
        if (steps.get(image) !== step) lines.push(style.dim(`image ${image}: ${step}`));
        steps.set(image, step);
      }
      if (lines.length > 0) output.write(withoutCommands(`${lines.join('\n')}\n`));
    },
  };
}

/** Paths are kept whole: they are there to be copied. */
const longestPath = 4096;

type Finished = { reference: CaseReference; result: CaseResult };

/** The lines of a run that stay on the screen, event by event: what `list` and `plain` have in common. */
export function createTranscript(
  style: Style,
  { rerun, quiet = false }: ReporterOptions,
): (event: LabEvent) => string[] {
  let directory = '';
  let width = 0;
  const notPassed: Finished[] = [];

  return (event) => {
    switch (event.type) {
      case 'run-started':
        directory = printable(shortPath(event.directory), longestPath);
        width = Math.max(0, ...event.cases.map(({ id }) => id.length));
        if (quiet) return [];
        return [
          style.dim(
            `run ${printable(event.id)}: ${count(event.cases.length, 'case')}, ${event.jobs} at a time, in ${directory}`,
          ),
        ];
      case 'case-console':
        return [`${style.dim(`[${event.case.id}]`)} ${printable(event.text)}`];
      case 'case-retried':
        if (quiet) return [];
        return [
          `${style.yellow('↻')} ${event.case.id.padEnd(width)}  ${outcomeWord(event.result)}; attempt ${event.attempt + 1} follows`,
        ];
      case 'case-finished': {
        const { case: reference, result } = event;
        if (quiet && result.verdict === 'pass') return [];
        if (result.verdict !== 'pass') notPassed.push({ reference, result });
        return [
          finishedLine(reference.id.padEnd(width), result, style),
          ...explain(result, `${directory}/${result.directory}`, rerun(result), style),
        ];
      }
      case 'interrupted':
        return [
          style.yellow(
            `stopping (${printable(event.signal)})… press Ctrl-C again to leave at once`,
          ),
        ];
      case 'run-finished':
        return [
          ...(quiet && notPassed.length === 0 ? [] : ['']),
          ...(notPassed.length > 1
            ? notPassed.map(({ reference, result }) =>
                finishedLine(reference.id.padEnd(width), result, style),
              )
            : []),
          style.bold(summaryLine(event.report)),
          style.dim(`report: ${directory}/report.json`),
        ];
      default:
        return [];
    }
  };
}

function finishedLine(name: string, result: CaseResult, style: Style): string {
  const paint = result.verdict === 'pass' ? style.green : style.red;
  const missed =
    result.verdict === 'fail' && result.outcome !== result.expected.outcome
      ? ` (expected ${result.expected.outcome})`
      : '';
  const flaky = result.flaky
    ? style.yellow(` flaky, ${count(result.attempts.length, 'attempt')}`)
    : '';
  const time = style.dim(formatSeconds(result.wallSeconds));
  return `${paint(symbols[result.verdict])} ${name}  ${outcomeWord(result)}${missed}  ${time}${flaky}`;
}

/** What one needs to know to go on: nothing after a pass or a stop by the user. */
function explain(result: CaseResult, directory: string, again: string, style: Style): string[] {
  if (result.verdict === 'pass' || result.verdict === 'interrupted') return [];
  // Without an outcome there was no boot to look into: the reason says all there is.
  const next = result.outcome === null ? [] : [again, `sh ${directory}/qemu.sh`];
  const rows: [label: string, lines: string[]][] = [
    ...resultRows(result, directory),
    ['next', next.map((line) => printable(line, longestPath))],
  ];
  return rows.flatMap(([label, lines]) =>
    lines
      .filter((line) => line !== '')
      .map((line, index) => `    ${style.dim((index === 0 ? label : '').padEnd(8))}  ${line}`),
  );
}
