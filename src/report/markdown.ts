import type { Arch } from '../arch.ts';
import { arches } from '../arch.ts';
import { conclusive } from '../compare/classify.ts';
import { serversOf } from '../compare/servers.ts';
import type { ComparedServer, Comparison, Side, ComparisonReport } from '../model/comparison.ts';
import type { CaseResult } from '../model/result.ts';
import type { RunReport } from '../model/run.ts';
import type { Verdict } from '../model/vocabulary.ts';
import { costText } from './comparison-text.ts';
import { describeDifferences } from './differences.ts';
import { printable } from './printable.ts';
import type { ReporterOptions } from './reporter.ts';
import {
  summaryLine,
  formatSeconds,
  nextCommands,
  outcomeWord,
  resultRows,
} from './result-text.ts';

const marks: Record<Verdict, string> = {
  pass: '✅',
  fail: '❌',
  error: '❌',
  unavailable: '❔',
  interrupted: '⏹️',
};

/**
 * A run as Markdown: a table, every case that did not pass, and the differences of servers. The table contains only names
 * without special characters (scenarios, outcomes). Text of guests and files is in fenced blocks, in which HTML, links and
 * mentions have no effect.
 *
 * @param limit in bytes of UTF-8; cases that do not fit are only counted
 */
export function markdownSummary(
  report: RunReport,
  { rerun }: ReporterOptions,
  limit: number,
): string {
  const sections = report.results
    .filter(({ verdict }) => verdict !== 'pass')
    .map((result) => section(result, rerun(result)));
  const head = `## kexec-lab: ${summaryLine(report)}\n\n`;
  const table = `${tableOf(report.results)}\n`;
  const more = (number: number) => `\n… and ${number} more that did not pass.\n`;
  const rest = limit - size(head) - size(more(sections.length));
  if (rest < 0) return '';
  const parts = size(table) <= rest ? [table] : ['The table is too large to be shown here.\n'];
  let left = rest - size(parts.join(''));
  let shown = 0;
  for (const text of sections) {
    if (size(text) > left) break;
    parts.push(text);
    left -= size(text);
    shown += 1;
  }
  if (shown < sections.length) parts.push(more(sections.length - shown));
  const servers = serversOf(report.results)
    .flatMap(differencesSection)
    .map((text) => `\n${text}`)
    .join('');
  if (size(servers) <= left) parts.push(servers);
  return head + parts.join('');
}

function tableOf(results: CaseResult[]): string {
  const shown = arches.filter((arch) => results.some((result) => result.arch === arch));
  const scenarios = [...new Set(results.map(({ scenario }) => scenario))];
  const cell = (scenario: string, arch: Arch) =>
    results
      .filter((result) => result.scenario === scenario && result.arch === arch)
      .map((result) => {
        const flaky = result.flaky ? ', flaky' : '';
        return `${marks[result.verdict]} ${outcomeWord(result)} (${formatSeconds(result.wallSeconds)}${flaky})`;
      })
      .join('<br>');
  return [
    `| scenario | ${shown.join(' | ')} |`,
    `| --- |${' --- |'.repeat(shown.length)}`,
    ...scenarios.map(
      (scenario) => `| ${scenario} | ${shown.map((arch) => cell(scenario, arch)).join(' | ')} |`,
    ),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function section(result: CaseResult, again: string): string {
  const repeat = result.repeat > 1 ? ` #${result.repeat}` : '';
  const title = `${marks[result.verdict]} ${result.arch}/${result.scenario}${repeat}: ${outcomeWord(result)}`;
  const rows: [string, string[]][] = [
    ...resultRows(result, result.directory),
    [
      'next',
      nextCommands(result, result.directory, again).map((command) => printable(command, 4096)),
    ],
  ];
  const lines = rows.flatMap(([label, texts]) =>
    texts
      .filter((text) => text !== '')
      .map((text, index) => `${(index === 0 ? label : '').padEnd(8)}  ${text}`),
  );
  return `\n### ${title}\n\n${fenced(lines)}`;
}

/** How the machine of a captured server differs from the server, where that matters. */
function differencesSection({ key, likeness }: ComparedServer): string[] {
  const lines = describeDifferences({ server: { likeness } });
  return lines.length === 0 ? [] : [`### How ${key} differs from the server\n\n${fenced(lines)}`];
}

/** A code block with a fence that is longer than any run of backticks in it. */
export function fenced(lines: string[]): string {
  const runs = lines.flatMap((line) => line.match(/`+/g) ?? []).map((run) => run.length);
  const fence = '`'.repeat(Math.max(2, ...runs) + 1);
  return `${fence}text\n${lines.join('\n')}\n${fence}\n`;
}

const size = (text: string): number => Buffer.byteLength(text);

/** The comparison as Markdown, for a job summary or a pull request. Text of guests is escaped. */
export function comparisonMarkdown(report: ComparisonReport): string {
  const { decision, neither, reasons, caveats, baseline, candidate } = report;
  const { differences, servers, comparisons } = report;
  const costs = comparisons.flatMap(({ key, cost }) =>
    cost.map((change) => `| ${cell(key)} | ${cell(costText(change))} |`),
  );
  return [
    `## ${decision === 'ROLL' ? ':white_check_mark:' : ':no_entry:'} ${decision}`,
    '',
    `Candidate ${cell(candidate)} against ${cell(baseline)}.`,
    '',
    ...neither.map((sentence) => `- ${cell(sentence)}`),
    ...reasons.map((reason) => `- ${cell(reason)}`),
    ...differences.map(
      (difference) => `- The sides differ, so costs are not compared: ${cell(difference)}`,
    ),
    ...caveats.map((caveat) => `- ${caveat}`),
    ...(neither.length + reasons.length + differences.length + caveats.length > 0 ? [''] : []),
    '| class | case | baseline | candidate | |',
    '| --- | --- | --- | --- | --- |',
    ...comparisons.map(comparisonRow),
    '',
    ...(costs.length === 0
      ? []
      : ['| case | guest time of the second kernel |', '| --- | --- |', ...costs, '']),
    ...servers.flatMap(differencesSection),
  ].join('\n');
}

function comparisonRow({ key, class: kind, reason, baseline, candidate }: Comparison): string {
  return `| **${kind}** | ${cell(key)} | ${rate(baseline)} | ${rate(candidate)} | ${cell(reason)} |`;
}

function rate(side: Side | null): string {
  return side === null ? 'not run' : `${side.passes} of ${conclusive(side) + side.untold}`;
}

/** Text of a table cell, as code: no markup has an effect, and no bar ends the cell. */
function cell(text: string): string {
  const plain = printable(text).replaceAll('|', '\u00a6');
  const fence = '`'.repeat(Math.max(0, ...(plain.match(/`+/g) ?? []).map((run) => run.length)) + 1);
  const pad = plain.startsWith('`') || plain.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${plain}${pad}${fence}`;
}
