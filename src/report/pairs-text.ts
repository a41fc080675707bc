/** Tables of pairs for a terminal, and as Markdown. */
import type { PairFinding } from '../compare/pair-findings.ts';
import { countPairs, pairFindings } from '../compare/pair-findings.ts';
import type { PairCell, PairKernel, Pairs, PairTable } from '../model/pairs.ts';
import { printable } from './printable.ts';
import { count } from './result-text.ts';
import type { Mark, Style } from './style.ts';

/** Columns of a table that stand side by side: more do not fit beside the names of the rows. */
const mostColumns = 24;

/** The tables with a row for each first kernel and a lettered column for each second one; then the findings. */
export function pairsText({ tables }: Pairs, style: Style): string {
  return tables.map((table) => [...tableLines(table, style), ''].join('\n')).join('\n');
}

function tableLines(table: PairTable, style: Style): string[] {
  const { from, to } = table;
  const width = Math.max(...from.map(({ label }) => label.length), 4);
  const blocks: string[] = [];
  for (let at = 0; at < to.length; at += mostColumns) {
    const shown = to.slice(at, at + mostColumns);
    const names = shown.map((_, index) => letter(at + index).padStart(2));
    blocks.push(`  ${''.padEnd(width)} ${style.dim(names.join(''))}`);
    for (const first of from) {
      const marks = shown.map((second) => ` ${markOf(cellAt(table, first, second), style)}`);
      blocks.push(`  ${printable(first.label).padEnd(width)} ${marks.join('')}`);
    }
    blocks.push('');
    for (const [index, { label }] of shown.entries())
      blocks.push(`  ${letter(at + index).padStart(2)}  ${printable(label)}`);
    blocks.push('');
  }
  return [
    ...style.wrap(style.bold(titleOf(table)), 2),
    `  ${style.dim('row: first kernel; column: the kernel that it starts')}`,
    '',
    ...blocks,
    ...pairFindings(table).flatMap((finding) => [...findingLines(finding, style), '']),
    ...style.wrap(summaryOf(table), 2),
  ].map((line) => style.encode(line));
}

/** `aarch64, kexec-tools of debian:trixie, with the option that helps` */
export function titleOf({ machine, kexecTools, cure }: PairTable): string {
  const tools = kexecTools === null ? "the provider's kexec-tools" : `kexec-tools of ${kexecTools}`;
  return printable([machine, tools, ...(cure ? ['with the option that helps'] : [])].join(', '));
}

/** `5 of 6 pairs came up, 1 failed` */
export function summaryOf(table: PairTable): string {
  const { passed, failed, missing } = countPairs(table);
  const all = passed + failed + missing;
  const flaky = table.cells.filter((cell) => cell.flaky).length;
  return [
    `${passed} of ${count(all, 'pair')} came up`,
    ...(flaky > 0 ? [`${flaky} of them only when booted again`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(missing > 0 ? [`${missing} without a result`] : []),
  ].join(', ');
}

export function cellAt({ cells }: PairTable, from: PairKernel, to: PairKernel): PairCell | null {
  return cells.find((cell) => cell.from === from.word && cell.to === to.word) ?? null;
}

/** a to z, then aa, ab, … */
export function letter(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : letter(Math.floor(index / 26) - 1) + last;
}

function markOf(cell: PairCell | null, style: Style): string {
  const mark = (symbol: Mark) => style.mark(symbol).trim();
  if (cell === null) return style.yellow(mark('?'));
  if (cell.verdict === 'fail') return style.red(mark('✗'));
  return cell.flaky ? style.yellow(mark('*')) : style.green(mark('✓'));
}

function findingLines({ cell, cells, pairs }: PairFinding, style: Style): string[] {
  const { outcome, generation, meaning, cure, evidence, autopsy } = cell;
  const head = `${style.mark('✗')} ${outcome} in generation ${generation}: ${count(cells.length, 'pair')}`;
  const facts: [string, string[]][] = [
    ['pairs', pairs],
    ['means', [meaning]],
    ['memory', autopsy === null ? [] : [autopsy]],
    ['because', evidence.slice(0, 2).map(({ text }) => text)],
    ['cure', cure === '' ? [] : [cure]],
    ['record', [`${cell.run}/${cell.directory}`]],
  ];
  const rows = facts.flatMap(([name, texts]) =>
    texts.map((text, index) => [index === 0 ? name : '', printable(text)]),
  );
  return [...style.wrap(style.red(head), 2), ...style.table(rows, 4)];
}

/** The tables as Markdown, with the guest time of each second kernel in seconds. */
export function pairsMarkdown({ tables }: Pairs): string {
  return tables.map(tableMarkdown).join('\n');
}

function tableMarkdown(table: PairTable): string {
  const { from, to } = table;
  const head = ['first kernel', ...to.map((_, index) => letter(index))];
  const rows = from.map((first) => [
    `\`${first.label}\``,
    ...to.map((second) => wordOf(cellAt(table, first, second))),
  ]);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    `### ${titleOf(table)}`,
    '',
    `${summaryOf(table)}. The number is the guest time of the second kernel, in seconds.`,
    '',
    ...[line(head), line(head.map(() => '---')), ...rows.map(line)],
    '',
    ...to.map(({ label }, index) => `- **${letter(index)}**: \`${label}\``),
    '',
    ...pairFindings(table).flatMap(findingMarkdown),
  ].join('\n');
}

function wordOf(cell: PairCell | null): string {
  if (cell === null) return '?';
  if (cell.verdict === 'fail') return `✗ ${cell.outcome}`;
  const mark = cell.flaky ? '✓ (again)' : '✓';
  return cell.guestSeconds === null ? mark : `${mark} ${cell.guestSeconds.toFixed(1)}`;
}

function findingMarkdown({ cell, cells, pairs }: PairFinding): string[] {
  // Text of guests is in fenced blocks, in which HTML, links and mentions have no effect.
  const texts = [cell.meaning, cell.autopsy ?? '', ...cell.evidence.map(({ text }) => text)];
  return [
    `#### ${cell.outcome} in generation ${cell.generation}: ${count(cells.length, 'pair')}`,
    '',
    ...pairs.map((pair) => `- ${pair}`),
    '',
    ...['````text', ...texts.filter(Boolean).map((text) => printable(text)), cell.cure, '````'],
    '',
  ];
}
