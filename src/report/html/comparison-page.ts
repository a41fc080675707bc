import type { Mark } from '../../compare/align.ts';
import { alignConsoles } from '../../compare/align.ts';
import type { Comparison } from '../../compare/classify.ts';
import type { CaseResult } from '../../lab/result.ts';
import type { ComparisonReport } from '../comparison-text.ts';
import { classSymbols, rate } from '../comparison-text.ts';
import type { ConsoleText } from '../console-file.ts';
import { comparisonSection } from './comparison-case.ts';
import { consoleData } from './console-data.ts';
import { costChart } from './cost-chart.ts';
import { htmlDocument } from './document.ts';
import { keysHelp, searchBox } from './controls.ts';
import type { Html } from './escape.ts';
import { element, join } from './escape.ts';

/** One boot of a side, with all that is left of it. */
export type ShownBoot = { result: CaseResult; console: ConsoleText; marks: Mark[] };

/** A case and a boot of each side to look at; null where nothing is left of one. */
export type ShownComparison = {
  comparison: Comparison;
  baseline: ShownBoot | null;
  candidate: ShownBoot | null;
};

/** A comparison as one document: what changed, what it costs, and both consoles of a case side by side. */
export function comparisonPage(
  report: ComparisonReport,
  shown: readonly ShownComparison[],
): string {
  const body = element`${overview(report)}${join(shown.map(comparisonSection))}`;
  const consoles = shown.map((each) => [each.comparison.key, pairData(each)] as const);
  return htmlDocument(`kexec-lab ${report.decision}`, body, new Map(consoles));
}

function overview(report: ComparisonReport): Html {
  const { decision, reasons, baseline, candidate, differences, comparisons } = report;
  const kind = decision === 'ROLL' ? 'pass' : 'fail';
  return element`<section id="matrix" aria-label="All cases">
    <p class="summary"><span class="badge ${kind}">${decision}</span></p>
    <dl>
      <div>
        <dt>baseline</dt>
        <dd>${baseline}</dd>
      </div>
      <div>
        <dt>candidate</dt>
        <dd>${candidate}</dd>
      </div>
    </dl>
    <ul>
      ${join(reasons.map((reason) => element`<li>${reason}</li>`))}
      ${join(
        differences.map(
          (difference) => element`<li>The sides differ, costs are not compared: ${difference}</li>`,
        ),
      )}
    </ul>
    ${searchBox('Filter cases', 'Filter')}
    <div class="scroll">
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col">case</th>
            <th scope="col">baseline</th>
            <th scope="col">candidate</th>
            <th scope="col">why</th>
          </tr>
        </thead>
        <tbody>
          ${join(comparisons.map(row))}
        </tbody>
      </table>
    </div>
    ${costChart(comparisons)}
    ${keysHelp()}
  </section>`;
}

function row({ key, class: kind, reason, baseline, candidate }: Comparison): Html {
  return element`<tr data-name="${key}">
    <th scope="row">
      <a class="cell ${kind}" href="#${key}"
        ><span aria-hidden="true">${classSymbols[kind]} </span>${kind}: ${key}</a
      >
    </th>
    <td>${rate(baseline)}</td>
    <td>${rate(candidate)}</td>
    <td>${reason}</td>
  </tr>`;
}

/** What the script shows of a pair: both consoles, and which lines of them belong side by side. */
function pairData({ baseline, candidate }: ShownComparison) {
  const blocks = alignConsoles(baseline?.marks ?? [], candidate?.marks ?? [], {
    baseline: baseline?.console.lines.length ?? 0,
    candidate: candidate?.console.lines.length ?? 0,
  });
  return { baseline: sideData(baseline), candidate: sideData(candidate), blocks };
}

function sideData(boot: ShownBoot | null) {
  if (boot === null) return null;
  const signals = new Map<number, string[]>();
  for (const { line, signature } of boot.marks) {
    signals.set(line, [...(signals.get(line) ?? []), signature]);
  }
  return consoleData({ console: boot.console, signals }, boot.result);
}
