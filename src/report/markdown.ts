import type { Arch } from '../arch.ts';
import { arches } from '../arch.ts';
import type { CaseResult, RunReport, Verdict } from '../lab/result.ts';
import { printable } from './printable.ts';
import type { ReporterOptions } from './reporter.ts';
import { formatSeconds, outcomeWord, resultRows } from './result-text.ts';
import { summaryLine } from './transcript.ts';

const marks: Record<Verdict, string> = {
  pass: '✅',
  fail: '❌',
  error: '❌',
  unavailable: '❔',
  interrupted: '⏹️',
};

/**
 * A run as Markdown: a table, then every case that did not pass. The table is made of names that cannot hold anything
 * special (scenarios, outcomes); whatever a guest or a file may have said stands in fenced blocks, which know no HTML, no
 * links and no mentions.
 *
 * @param limit most bytes of UTF-8; cases that no longer fit are only counted
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
  const parts = size(table) <= rest ? [table] : ['The table is too large for this place.\n'];
  let left = rest - size(parts.join(''));
  let shown = 0;
  for (const text of sections) {
    if (size(text) > left) break;
    parts.push(text);
    left -= size(text);
    shown += 1;
  }
  if (shown < sections.length) parts.push(more(sections.length - shown));
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
    ['again', [printable(again)]],
  ];
  const lines = rows.flatMap(([label, texts]) =>
    texts
      .filter((text) => text !== '')
      .map((text, index) => `${(index === 0 ? label : '').padEnd(8)}  ${text}`),
  );
  return `\n### ${title}\n\n${fenced(lines)}`;
}

/** A code block with a fence that is longer than any run of backticks in it. */
export function fenced(lines: string[]): string {
  const runs = lines.flatMap((line) => line.match(/`+/g) ?? []).map((run) => run.length);
  const fence = '`'.repeat(Math.max(2, ...runs) + 1);
  return `${fence}text\n${lines.join('\n')}\n${fence}\n`;
}

const size = (text: string): number => Buffer.byteLength(text);
