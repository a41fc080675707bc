import { appendFile } from 'node:fs/promises';
import { Option } from 'commander';
import type { Class } from '../compare/classify.ts';
import { classes } from '../compare/classify.ts';
import { compareSides, decide } from '../compare/compare.ts';
import type { RunRecord } from '../compare/record.ts';
import { differencesOf, sidesIn } from '../compare/record.ts';
import { exitCodes, UnavailableError } from '../errors.ts';
import { comparisonMarkdown } from '../report/comparison-markdown.ts';
import type { ComparisonReport } from '../report/comparison-text.ts';
import { comparisonText } from '../report/comparison-text.ts';
import { standardOutput } from '../report/output.ts';
import { printableJson } from '../report/printable.ts';
import { createStyle } from '../report/style.ts';
import { collect, oneOf } from './parse-option.ts';

export type ComparisonOptions = { json?: boolean; markdown?: string; failOn: Class[] };

/** What `compare` and `check` have in common. */
export function comparisonOptions(): Option[] {
  return [
    new Option('--fail-on <class>', 'hold for this class too, such as costlier (repeatable)')
      .argParser(collect(oneOf(classes)))
      .default([], 'none'),
    new Option('--json', 'the comparison as JSON on standard output'),
    new Option('--markdown <file>', 'append the comparison to a file, as Markdown'),
  ];
}

/** A record, and what people call it. */
type Named = { name: string; record: RunRecord };

/** Compares, shows, and sets the exit code: 0 for ROLL, 7 for HOLD. @param more reasons to hold found elsewhere */
export async function showComparison(
  baseline: Named,
  candidate: Named,
  { json, markdown, failOn }: ComparisonOptions,
  more: string[] = [],
): Promise<ComparisonReport> {
  const differences = differencesOf(baseline.record, candidate.record);
  const sides = [sidesIn(baseline.record), sidesIn(candidate.record)] as const;
  const comparisons = compareSides(...sides, { differences });
  const { decision, reasons } = decide(comparisons, { failOn });
  const report: ComparisonReport = {
    schema: 'kexec-lab/comparison@1',
    baseline: describe(baseline),
    candidate: describe(candidate),
    differences,
    decision: more.length > 0 ? 'HOLD' : decision,
    reasons: [...more, ...reasons],
    comparisons,
  };
  const output = standardOutput();
  if (json) output.write(`${printableJson(report)}\n`);
  else output.write(comparisonText(report, createStyle(output.color)));
  if (markdown !== undefined) await append(markdown, comparisonMarkdown(report));
  process.exitCode = report.decision === 'ROLL' ? exitCodes.ok : exitCodes.hold;
  return report;
}

function describe({ name, record: { releases } }: Named): string {
  const proved = Object.entries(releases).map(([arch, found]) => `${arch} ${found.join(', ')}`);
  return proved.length === 0 ? name : `${name} (${proved.join('; ')})`;
}

async function append(file: string, text: string): Promise<void> {
  try {
    await appendFile(file, text);
  } catch (cause) {
    throw new UnavailableError(`the summary cannot be written: ${(cause as Error).message}`, {
      place: file,
      cause,
    });
  }
}
