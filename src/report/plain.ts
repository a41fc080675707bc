import type { CaseResult } from '../model/result.ts';
import type { CaseReference, LabEvent, RunReport } from '../model/run.ts';
import { oddsOf, oddsText } from '../compare/odds.ts';
import { describeDifferences } from './differences.ts';
import { printable, withoutCommands } from './printable.ts';
import type { ReporterOptions, Reporter, ReporterOutput } from './reporter.ts';
import {
  count,
  formatSeconds,
  nextCommands,
  outcomeWord,
  resultRows,
  symbols,
  describeProgress,
  shortPath,
  summaryLine,
} from './result-text.ts';
import type { Style } from './style.ts';
import { createStyle } from './style.ts';

/** For CI logs, files and simple terminals: lines that are not redrawn. */
export function plainReporter(output: ReporterOutput, options: ReporterOptions): Reporter {
  const style = createStyle(output);
  const transcript = createTranscript(style, options);
  const steps = new Map<string, string>();
  return {
    onEvent(event) {
      const lines = transcript(event);
      if (options.quiet) {
        if (lines.length > 0) output.write(withoutCommands(`${lines.join('\n')}\n`));
        return;
      }
      if (event.type === 'case-started')
        lines.push(...style.wrap(style.dim(`${style.mark('…')} ${event.case.id}`)));
      if (event.type === 'images-progress') {
        const { image, step } = describeProgress(event.progress);
        // A download reports every few kilobytes; a log shows each step once.
        if (steps.get(image) !== step)
          lines.push(...style.wrap(style.dim(`image ${image}: ${step}`), 2));
        steps.set(image, step);
      }
      if (lines.length > 0) output.write(withoutCommands(`${lines.join('\n')}\n`));
    },
  };
}

/** Long paths are not cut, so that they can be copied. Characters. */
const longestPath = 4096;

type Finished = { reference: CaseReference; result: CaseResult };

/** The lines for each event of a run that stay on the screen, in `list` and in `plain`. */
export function createTranscript(
  style: Style,
  { rerun, quiet = false, differences = !quiet }: ReporterOptions,
): (event: LabEvent) => string[] {
  let directory = '';
  let width = 0;
  const notPassed: Finished[] = [];
  const described = new Set<string>();

  return (event) => {
    switch (event.type) {
      case 'run-started':
        directory = printable(shortPath(event.directory), longestPath);
        width = Math.max(0, ...event.cases.map(({ id }) => id.length));
        if (quiet) return [];
        return style.wrap(
          style.dim(
            `run ${printable(event.id)}: ${count(event.cases.length, 'case')}, ${event.jobs} at a time, in ${directory}`,
          ),
          2,
        );
      case 'case-console':
        // Not wrapped, so that a line of the console can be copied as one.
        return [style.encode(`${style.dim(`[${event.case.id}]`)} ${printable(event.text)}`)];
      case 'case-retried':
        if (quiet) return [];
        return style.wrap(
          `${style.yellow(style.mark('↻'))} ${event.case.id.padEnd(width)}  ${outcomeWord(event.result)}; attempt ${event.attempt + 1} follows`,
          4,
        );
      case 'case-finished': {
        const { case: reference, result } = event;
        if (quiet && result.verdict === 'pass') return [];
        if (result.verdict !== 'pass') notPassed.push({ reference, result });
        // Repeats have the same machine. Without an outcome, nothing is concluded about the server.
        const server = `${result.arch}/${result.scenario}`;
        const isNew = differences && result.outcome !== null && !described.has(server);
        if (isNew) described.add(server);
        return [
          ...finishedLine(reference.id.padEnd(width), result, style),
          ...explain(result, `${directory}/${result.directory}`, style),
          ...(isNew ? rowOf('differs', describeDifferences(result), style) : []),
          ...whatNext(result, `${directory}/${result.directory}`, rerun(result), style),
        ];
      }
      case 'interrupted':
        return style.wrap(
          style.yellow(
            `stopping (${printable(event.signal)}); press Ctrl-C again to leave at once`,
          ),
          2,
        );
      case 'run-finished':
        return [
          ...(quiet && notPassed.length === 0 ? [] : ['']),
          ...(notPassed.length > 1
            ? notPassed.flatMap(({ reference, result }) =>
                finishedLine(reference.id.padEnd(width), result, style),
              )
            : []),
          ...oddsRows(event.report, style),
          ...style.wrap(style.bold(summaryLine(event.report)), 2),
          ...style.wrap(style.dim(`report: ${directory}/report.json`), 2),
        ];
      default:
        return [];
    }
  };
}

/** How often each case failed that was booted several times. */
function oddsRows({ results }: RunReport, style: Style): string[] {
  const rows = oddsOf(results).map((odds) => [printable(odds.key), oddsText(odds)]);
  return rows.length === 0 ? [] : [...style.table(rows, 2), ''];
}

function finishedLine(name: string, result: CaseResult, style: Style): string[] {
  const paint = result.verdict === 'pass' ? style.green : style.red;
  const missed =
    result.verdict === 'fail' && result.outcome !== result.expected.outcome
      ? ` (expected ${result.expected.outcome})`
      : '';
  const flaky = result.flaky
    ? style.yellow(` flaky, ${count(result.attempts.length, 'attempt')}`)
    : '';
  const time = style.dim(formatSeconds(result.wallSeconds));
  return style.wrap(
    `${paint(style.mark(symbols[result.verdict]))} ${name}  ${outcomeWord(result)}${missed}  ${time}${flaky}`,
    4,
  );
}

/** What happened and why; nothing after a pass or an interruption. */
function explain(result: CaseResult, directory: string, style: Style): string[] {
  if (!needsMore(result)) return [];
  return resultRows(result, directory).flatMap(([name, lines]) => rowOf(name, lines, style));
}

/** The commands with which the user continues. Without an outcome there is no boot to examine; the reasons are enough. */
function whatNext(result: CaseResult, directory: string, again: string, style: Style): string[] {
  if (!needsMore(result) || result.outcome === null) return [];
  return nextCommands(result, directory, again).flatMap((line, index) => {
    const [first = '', ...more] = style.wrapCommand(printable(line, longestPath), labelWidth);
    return [`${labelOf(index === 0 ? 'next' : '', style)}${first.trimStart()}`, ...more];
  });
}

const needsMore = ({ verdict }: CaseResult) => verdict !== 'pass' && verdict !== 'interrupted';

/** Lines with a label before the first; nothing without lines. */
function rowOf(name: string, lines: readonly string[], style: Style): string[] {
  return lines
    .filter((line) => line !== '')
    .flatMap((line, index) =>
      style.wrap(`${labelOf(index === 0 ? name : '', style)}${line}`, labelWidth),
    );
}

function labelOf(name: string, style: Style): string {
  return `    ${style.dim(name.padEnd(8))}  `;
}

/** Four spaces, a label, two spaces. */
const labelWidth = 14;
