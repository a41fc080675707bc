import { closeSync, openSync } from 'node:fs';
import { writeFile, appendFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { caveatsOf, compareSides, decide, neitherOf } from '../compare/classify.ts';
import { serversOf } from '../compare/servers.ts';
import type { Loaded } from '../compare/record.ts';
import { loadRecord, recordText, differencesOf, sidesIn } from '../compare/record.ts';
import { UsageError, exitCodes } from '../errors.ts';
import { namedFileError } from '../file-error.ts';
import { checkOutput } from '../host/user-file.ts';
import type { ComparisonReport } from '../model/comparison.ts';
import type { ComparisonClass } from '../model/vocabulary.ts';
import { comparisonClasses } from '../model/vocabulary.ts';
import { comparisonText } from '../report/comparison-text.ts';
import { comparisonHtml } from '../report/html/comparison-page.ts';
import { comparisonMarkdown } from '../report/markdown.ts';
import { printable, printableJson } from '../report/printable.ts';
import { standardOutput } from '../report/reporter.ts';
import { count } from '../report/result-text.ts';
import { createStyle } from '../report/style.ts';
import { collect, oneOf } from './options.ts';

/** `kexec-lab compare`: compares two runs and decides ROLL or HOLD. */
export function compareCommand(): Command {
  const command = new Command('compare')
    .description('compare two runs and decide whether to roll out the second')
    .argument('<baseline>', 'a run directory, its report.json, or a baseline file')
    .argument('<candidate>', 'the same, for the new kernel')
    .addHelpText('after', helpText)
    .action(compare);
  for (const option of comparisonOptions()) command.addOption(option);
  return command;
}

const helpText = `
Examples:
  kexec-lab compare runs/20260101T120000Z-1a2b runs/latest
  kexec-lab compare baseline.json runs/latest --fail-on costlier

Exit codes:
  0  ROLL
  2  invalid arguments
  7  HOLD`;

async function compare(
  baseline: string,
  candidate: string,
  options: ComparisonOptions,
): Promise<void> {
  checkComparisonFiles(options);
  const [before, after] = await Promise.all([loadRecord(baseline), loadRecord(candidate)]);
  await showComparison({ name: baseline, ...before }, { name: candidate, ...after }, options);
}

export type ComparisonOptions = {
  json?: boolean;
  markdown?: string;
  html?: string;
  failOn: ComparisonClass[];
};

/** The options that `compare` and `check` share. */
export function comparisonOptions(): Option[] {
  return [
    new Option('--fail-on <class>', 'also hold for this class, such as costlier (repeatable)')
      .argParser(collect(oneOf(comparisonClasses)))
      .default([], 'none'),
    new Option('--json', 'print the comparison as JSON'),
    new Option('--markdown <file>', 'append the comparison to a file as Markdown'),
    new Option('--html <file>', 'write an HTML page with both consoles side by side'),
  ];
}

/**
 * Checks that the files of the options can be written, before minutes of boots.
 * @throws UsageError for a path that cannot be written, or that both options name
 */
export function checkComparisonFiles({ markdown, html }: ComparisonOptions): void {
  if (markdown !== undefined && html !== undefined && resolve(markdown) === resolve(html)) {
    throw new UsageError('--markdown and --html name the same file', {
      place: html,
      hint: 'Use a different file for each.',
    });
  }
  for (const file of [markdown, html]) {
    if (file === undefined) continue;
    checkOutput(file);
    try {
      closeSync(openSync(file, 'a'));
    } catch (cause) {
      throw namedFileError(cause, { place: file, doing: 'write the comparison' });
    }
  }
}

/** One side of the comparison, and its name in the report. */
type Named = Loaded & { name: string };

/**
 * Compares two sides, prints the comparison, and sets the exit code: 0 for ROLL, 7 for HOLD.
 * @param more reasons to hold that were found before the comparison
 */
export async function showComparison(
  baseline: Named,
  candidate: Named,
  { json, markdown, html, failOn }: ComparisonOptions,
  more: string[] = [],
): Promise<void> {
  const differences = differencesOf(baseline.record, candidate.record);
  const sides = [sidesIn(baseline.record), sidesIn(candidate.record)] as const;
  const comparisons = compareSides(...sides, { differences });
  const { decision, reasons } = decide(comparisons, { failOn });
  const report: ComparisonReport = {
    schema: 'kexec-lab/comparison@1',
    baseline: nameOf(baseline),
    candidate: nameOf(candidate),
    differences,
    decision: more.length > 0 ? 'HOLD' : decision,
    neither: neitherOf(comparisons),
    reasons: [...more, ...reasons],
    caveats: caveatsOf(comparisons),
    servers: serversOf((candidate.run ?? baseline.run)?.report.results ?? []),
    comparisons,
  };
  const output = standardOutput();
  if (json) output.write(`${printableJson(report)}\n`);
  else output.write(comparisonText(report, createStyle(output)));
  if (markdown !== undefined) {
    await write(markdown, comparisonMarkdown(report), appendFile);
  }
  if (html !== undefined) {
    await write(html, comparisonHtml(report, baseline.run, candidate.run), writeFile);
  }
  process.exitCode = report.decision === 'ROLL' ? exitCodes.ok : exitCodes.hold;
}

function nameOf({ name, record: { releases } }: Named): string {
  const proved = Object.entries(releases).map(([arch, found]) => `${arch} ${found.join(', ')}`);
  return proved.length === 0 ? name : `${name} (${proved.join('; ')})`;
}

async function write(file: string, text: string, how: typeof appendFile): Promise<void> {
  checkOutput(file);
  try {
    await how(file, text);
  } catch (cause) {
    throw namedFileError(cause, { place: file, doing: 'write the comparison' });
  }
}

/** `kexec-lab baseline`: the file with the results that later runs are compared with. */
export function baselineCommand(): Command {
  const baseline = new Command('baseline').description(
    'save the results of a run for later comparisons',
  );
  baseline
    .command('accept')
    .description('write the results of a run to a baseline file')
    .argument('<run>', 'a run directory or its report.json')
    .option('--out <file>', 'baseline file to write', 'baseline.json')
    .option('--allow-untold', 'accept inconclusive cases')
    .addHelpText('after', acceptHelp)
    .action(accept);
  return baseline;
}

const acceptHelp = `
The file is sorted and contains no times of day, so that a diff shows only what changed.

Examples:
  kexec-lab baseline accept runs/latest
  kexec-lab check --kernel debian:trixie --against baseline.json`;

async function accept(
  run: string,
  { out, allowUntold }: { out: string; allowUntold?: boolean },
): Promise<void> {
  const { record } = await loadRecord(run);
  const sides = Object.entries(record.scenarios);
  const untold = sides.filter(([, side]) => side.untold > 0).map(([key]) => key);
  if (sides.length === 0) throw new UsageError('this run has no results to accept', { place: run });
  if (untold.length > 0 && !allowUntold) {
    throw new UsageError(`inconclusive cases: ${untold.join(', ')}`, {
      place: run,
      hint: 'Run them again, or accept them with --allow-untold.',
    });
  }
  checkOutput(out);
  try {
    await writeFile(out, recordText(record));
  } catch (cause) {
    throw namedFileError(cause, { place: out, doing: 'write the baseline' });
  }
  process.stdout.write(`${printable(out)}: ${count(sides.length, 'case')}\n`);
}
