import { conclusive } from '../compare/classify.ts';
import { describeCost } from '../compare/side.ts';
import type {
  ComparedServer,
  Comparison,
  ComparisonReport,
  CostChange,
  Side,
} from '../model/comparison.ts';
import type { ComparisonClass } from '../model/vocabulary.ts';
import { thatMatter } from './differences.ts';
import { printable } from './printable.ts';
import type { Mark, Style } from './style.ts';

/** The symbol of a class at the beginning of a row. */
export const classSymbols: Record<ComparisonClass, Mark> = {
  regressed: '✗',
  changed: '✗',
  lost: '✗',
  unstable: '✗',
  neither: '✗',
  costlier: '+',
  unknown: '?',
  new: '*',
  fixed: '✓',
  same: '✓',
};

/** The comparison as lines for a terminal: a row per scenario, the costs, the differences of servers, and the decision last. */
export function comparisonText(report: ComparisonReport, style: Style): string {
  const { baseline, candidate, differences, servers, comparisons } = report;
  const fact = (label: string, text: string, color: (text: string) => string) =>
    style.wrap(color(`${label.padEnd(9)}  ${printable(text)}`), 11);
  return [
    ...fact('baseline', baseline, style.dim),
    ...fact('candidate', candidate, style.dim),
    ...differences.flatMap((difference) => fact('differs', difference, style.yellow)),
    ...(differences.length > 0 ? fact('', 'costs are therefore not compared', style.yellow) : []),
    '',
    ...style.table(comparisons.map((comparison) => cells(comparison, style))),
    ...costLines(comparisons, style),
    ...servers.flatMap((server) => serverLines(server, style)),
    '',
    ...decisionLines(report, style),
    '',
  ].join('\n');
}

function cells(comparison: Comparison, style: Style): string[] {
  const { key, class: kind, reason, baseline, candidate } = comparison;
  const word = colorOf(kind, style)(`${style.mark(classSymbols[kind])} ${kind.padEnd(9)}`);
  const rates = `${rate(baseline)} -> ${rate(candidate)}`;
  return [word, printable(key), rates.padEnd(10), printable(reason)];
}

function colorOf(kind: ComparisonClass, style: Style): (text: string) => string {
  if (kind === 'same' || kind === 'fixed') return style.green;
  if (kind === 'new') return style.bold;
  return kind === 'unknown' || kind === 'costlier' || kind === 'neither' ? style.yellow : style.red;
}

/** How many of all boots went as expected. */
export function rate(side: Side | null): string {
  return side === null ? '-' : `${side.passes}/${conclusive(side) + side.untold}`;
}

function costLines(comparisons: readonly Comparison[], style: Style): string[] {
  const lines = comparisons.flatMap(({ key, cost }) =>
    cost.flatMap((change) => style.wrap(`  ${printable(key)}  ${printable(costText(change))}`, 4)),
  );
  return lines.length === 0 ? [] : ['', style.bold('Guest time of the second kernel'), ...lines];
}

/** How the machine of a captured server differs from the server, where that matters. */
function serverLines({ key, likeness }: ComparedServer, style: Style): string[] {
  const rows = thatMatter(likeness).map((line) =>
    [line.how, line.what, line.detail].map((text) => printable(text)),
  );
  if (rows.length === 0) return [];
  return ['', style.bold(`How ${printable(key)} differs from the server`), ...style.table(rows, 2)];
}

/** The change of a stage, and how much the boots of a side differ. One boot has no spread. */
export function costText(change: CostChange): string {
  const cost = describeCost(change);
  return change.n < 2 ? cost : `${cost}, spread ${(100 * change.spread).toFixed(2)} %`;
}

function decisionLines(
  { decision, neither, reasons, caveats }: ComparisonReport,
  style: Style,
): string[] {
  const word = decision === 'ROLL' ? style.green : style.red;
  const indented = (text: string) => style.wrap(`  ${printable(text)}`, 4);
  return [
    word(style.bold(decision)),
    ...neither.flatMap(indented).map(style.yellow),
    ...reasons.flatMap(indented),
    ...caveats.flatMap(indented).map(style.yellow),
  ];
}
