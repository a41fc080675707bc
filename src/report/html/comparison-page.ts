import { join } from 'node:path';
import type { RunOnDisk } from '../../compare/side.ts';
import { representatives } from '../../compare/side.ts';
import type { Comparison, ComparisonReport } from '../../model/comparison.ts';
import type { CaseResult } from '../../model/result.ts';
import { classSymbols, rate } from '../comparison-text.ts';
import type { Mark, ConsoleText } from '../console-file.ts';
import { alignConsoles, readConsole, readMarks } from '../console-file.ts';
import { describeDifferences } from '../differences.ts';
import { describeOutcome } from '../result-text.ts';
import { fact, timeline, costChart } from './case.ts';
import type { Html } from './document.ts';
import { searchBox, consoleData, htmlDocument, keysHelp, element, concat } from './document.ts';

/** One boot of a side, as its directory has it. */
type ShownBoot = { result: CaseResult; console: ConsoleText; marks: Mark[] };

/** A case and one boot of each side; null where there are no files of it. */
type ShownComparison = {
  comparison: Comparison;
  baseline: ShownBoot | null;
  candidate: ShownBoot | null;
};

/** The comparison as an HTML page, with the consoles of the runs it was made from; null for a baseline file. */
export function comparisonHtml(
  report: ComparisonReport,
  baseline: RunOnDisk | null,
  candidate: RunOnDisk | null,
): string {
  const shown = report.comparisons.map((comparison) => {
    const { key } = comparison;
    const boots = representatives(key, baseline?.report ?? null, candidate?.report ?? null);
    return {
      comparison,
      baseline: loadBoot(baseline, boots.baseline),
      candidate: loadBoot(candidate, boots.candidate),
    };
  });
  return comparisonPage(report, shown);
}

/** A comparison as one document: what changed, what it costs, and the two consoles of each case side by side. */
function comparisonPage(report: ComparisonReport, shown: readonly ShownComparison[]): string {
  const body = element`${overview(report)}${concat(shown.map(comparisonSection))}`;
  const consoles = shown.map((each) => [each.comparison.key, pairData(each)] as const);
  return htmlDocument(`kexec-lab ${report.decision}`, body, new Map(consoles));
}

function loadBoot(run: RunOnDisk | null, result: CaseResult | null): ShownBoot | null {
  if (run === null || result === null) return null;
  const directory = join(run.directory, result.directory);
  return { result, console: readConsole(directory), marks: readMarks(directory) };
}

function overview(report: ComparisonReport): Html {
  const { decision, neither, reasons, caveats, baseline, candidate, differences, comparisons } =
    report;
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
      ${concat(neither.map((sentence) => element`<li>${sentence}</li>`))}
      ${concat(reasons.map((reason) => element`<li>${reason}</li>`))}
      ${concat(
        differences.map(
          (difference) =>
            element`<li>The sides differ, so costs are not compared: ${difference}</li>`,
        ),
      )}
      ${concat(caveats.map((caveat) => element`<li>${caveat}</li>`))}
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
          ${concat(comparisons.map(comparisonRow))}
        </tbody>
      </table>
    </div>
    ${costChart(comparisons)}
    ${keysHelp()}
  </section>`;
}

function comparisonRow({ key, class: kind, reason, baseline, candidate }: Comparison): Html {
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

/** One case with both kernels: what changed, both timelines, and the element in which the script shows the consoles. */
function comparisonSection({ comparison, baseline, candidate }: ShownComparison): Html {
  const { key, class: kind, reason } = comparison;
  const differs = describeDifferences((candidate ?? baseline)?.result ?? {});
  return element`<section class="case" id="${key}" data-case="${key}" aria-labelledby="title-${key}" hidden>
    <p><a class="back" href="#">← all cases</a></p>
    <h2 id="title-${key}" tabindex="-1"><span class="badge ${kind}">${kind}</span> ${key}</h2>
    <p>${reason}</p>
    ${differs.length === 0 ? '' : element`<dl>${fact('differs', differs)}</dl>`}
    <div class="sides">
      ${side('baseline', baseline)}${side('candidate', candidate)}
    </div>
    <h3>Consoles</h3>
    ${searchBox('Search both consoles', 'Search')}
    <div class="console pair" role="region" aria-label="Consoles of ${key}" tabindex="0"></div>
  </section>`;
}

function side(name: string, boot: ShownBoot | null): Html {
  if (boot === null) {
    return element`<div>
      <h3>${name}</h3>
      <p class="made">No console: the case was not run, or this side is a baseline file.</p>
    </div>`;
  }
  const { result } = boot;
  const lines = [describeOutcome(result), result.release ?? '', result.meaning, result.cure];
  return element`<div>
    <h3>${name}</h3>
    ${concat(lines.filter((line) => line !== '').map((line) => element`<p>${line}</p>`))}
    ${timeline(result.stages)}
  </div>`;
}

/** Data for the script: both consoles, and which of their lines belong side by side. */
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
