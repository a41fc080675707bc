import type { Comparison } from '../compare/classify.ts';
import { told } from '../compare/classify.ts';
import type { Side } from '../compare/side.ts';
import type { ComparisonReport } from './comparison-text.ts';
import { costText } from './comparison-text.ts';
import { printable } from './printable.ts';

/** The comparison as Markdown, for a job summary or a pull request. What a guest has said stays text. */
export function comparisonMarkdown(report: ComparisonReport): string {
  const { decision, reasons, baseline, candidate, differences, comparisons } = report;
  const costs = comparisons.flatMap(({ key, cost }) =>
    cost.map((change) => `| ${cell(key)} | ${cell(costText(change))} |`),
  );
  return [
    `## ${decision === 'ROLL' ? ':white_check_mark:' : ':no_entry:'} ${decision}`,
    '',
    `Candidate ${cell(candidate)} against ${cell(baseline)}.`,
    '',
    ...reasons.map((reason) => `- ${cell(reason)}`),
    ...differences.map(
      (difference) => `- The sides differ, costs are not compared: ${cell(difference)}`,
    ),
    ...(reasons.length + differences.length > 0 ? [''] : []),
    '| class | case | baseline | candidate | |',
    '| --- | --- | --- | --- | --- |',
    ...comparisons.map(row),
    '',
    ...(costs.length === 0
      ? []
      : ['| case | guest time of the second kernel |', '| --- | --- |', ...costs, '']),
  ].join('\n');
}

function row({ key, class: kind, reason, baseline, candidate }: Comparison): string {
  return `| **${kind}** | ${cell(key)} | ${rate(baseline)} | ${rate(candidate)} | ${cell(reason)} |`;
}

function rate(side: Side | null): string {
  return side === null ? 'not run' : `${side.passes} of ${told(side) + side.untold}`;
}

/** Text in a table's cell: as code, in which nothing is markup, and no bar that ends the cell. */
function cell(text: string): string {
  const plain = printable(text).replaceAll('|', '\u00a6');
  const fence = '`'.repeat(Math.max(0, ...(plain.match(/`+/g) ?? []).map((run) => run.length)) + 1);
  const pad = plain.startsWith('`') || plain.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${plain}${pad}${fence}`;
}
