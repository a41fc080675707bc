import { join } from 'node:path';
import type { Arch } from '../arch.ts';
import { arches } from '../arch.ts';
import type { CaseResult } from '../model/result.ts';
import type { CaseReference, RunReport } from '../model/run.ts';
import { readConsole } from './console-file.ts';
import type { DiagnosedLog, Excerpt } from './diagnosis-text.ts';
import { certaintyInWords, signalsCommand } from './diagnosis-text.ts';
import type { ShownCase } from './html/case.ts';
import { fact, caseSection } from './html/case.ts';
import type { Html, ShownConsole } from './html/document.ts';
import {
  htmlDocument,
  element,
  concat,
  keysHelp,
  searchBox,
  consoleData,
} from './html/document.ts';
import type { Reporter, ReporterOptions, ReporterOutput } from './reporter.ts';
import { count, summaryLine, formatSeconds, outcomeWord, symbols } from './result-text.ts';

/** The run as one HTML page with all consoles, for people. It is written when the run has ended. */
export function htmlReporter(output: ReporterOutput, { rerun }: ReporterOptions): Reporter {
  const finished: { reference: CaseReference; result: CaseResult }[] = [];
  const signals = new Map<string, Map<number, string[]>>();
  let directory = '';
  return {
    onEvent(event) {
      switch (event.type) {
        case 'run-started':
          ({ directory } = event);
          break;
        case 'case-started':
          signals.set(event.case.id, new Map()); // Only the last attempt is shown.
          break;
        case 'case-signal': {
          const { line, signature } = event.signal;
          const ofCase = signals.get(event.case.id);
          ofCase?.set(line, [...(ofCase.get(line) ?? []), signature]);
          break;
        }
        case 'case-finished':
          finished.push({ reference: event.case, result: event.result });
          break;
        case 'run-finished': {
          finished.sort((a, b) => (a.reference.scenario < b.reference.scenario ? -1 : 1));
          const cases = finished.map(({ reference, result }) => ({
            reference,
            result,
            again: rerun(result),
            console: readConsole(join(directory, result.directory)),
            signals: signals.get(reference.id) ?? new Map<number, string[]>(),
          }));
          output.write(page(event.report, cases));
        }
      }
    },
  };
}

/** A case with its console. */
type PageCase = ShownCase & ShownConsole;

/** The whole report of a run as one document. */
function page(report: RunReport, cases: readonly PageCase[]): string {
  const body = element`${matrix(report, cases)}${concat(cases.map(caseSection))}`;
  const consoles = cases.map(
    (each) => [each.reference.id, consoleData(each, each.result)] as const,
  );
  return htmlDocument(`kexec-lab ${report.id}`, body, new Map(consoles));
}

/** All cases at a glance: a row per scenario, a column per architecture. */
function matrix(report: RunReport, cases: readonly ShownCase[]): Html {
  const shown = arches.filter((arch) => cases.some(({ reference }) => reference.arch === arch));
  const scenarios = [...new Set(cases.map(({ reference }) => reference.scenario))];
  const { kexecLab, host, qemu } = report.environment;
  const versions = Object.entries(qemu).map(([arch, { version }]) => `QEMU ${version} (${arch})`);
  const made = [`kexec-lab ${kexecLab}`, ...versions, host.os, report.startedAt].join(' · ');
  return element`<section id="matrix" aria-label="All cases">
    <p class="summary">${summaryLine(report)}</p>
    ${searchBox('Filter scenarios', 'Filter')}
    <div class="scroll">
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col">scenario</th>
            ${concat(shown.map((arch) => element`<th scope="col">${arch}</th>`))}
          </tr>
        </thead>
        <tbody>
          ${concat(scenarios.map((scenario) => scenarioRow(scenario, shown, cases)))}
        </tbody>
      </table>
    </div>
    <p class="made">${made}</p>
    ${keysHelp()}
  </section> `;
}

function scenarioRow(scenario: string, shown: readonly Arch[], cases: readonly ShownCase[]): Html {
  const cells = shown.map((arch) => {
    const own = cases.filter(
      ({ reference }) => reference.scenario === scenario && reference.arch === arch,
    );
    return element`<td>${concat(own.map(caseLink))}</td>`;
  });
  return element`<tr data-name="${scenario}">
    <th scope="row">${scenario}</th>
    ${concat(cells)}
  </tr> `;
}

function caseLink({ reference: { id }, result }: ShownCase): Html {
  const { verdict, wallSeconds, flaky } = result;
  return element`<a class="cell ${verdict}" href="#${id}"><span class="sr">${id}: ${verdict}, </span><span aria-hidden="true">${symbols[verdict]} </span>${outcomeWord(result)}${flaky ? ' (flaky)' : ''} <small>${formatSeconds(wallSeconds)}</small></a>`;
}

/** Diagnoses as one self-contained document. */
export function diagnosisPage(logs: readonly DiagnosedLog[]): string {
  const [only] = logs;
  const title =
    logs.length === 1 && only !== undefined ? only.place : `${logs.length} console logs`;
  return htmlDocument(`kexec-lab ${title}`, concat(logs.map(section)), new Map());
}

function section({ place, diagnosis, excerpts }: DiagnosedLog): Html {
  const { outcome, doubt, lines } = diagnosis;
  const { id, generation, stage, meaning, cure } = outcome;
  const verdict = id === 'booted' ? 'pass' : id === 'unknown' ? 'unavailable' : 'fail';
  const outside = outcome.evidence.filter(({ line }) => line === null);
  const facts: [string, string[]][] = [
    ['certainty', [certaintyInWords[doubt.certainty]]],
    ['where', [`generation ${generation}, stage ${stage}, ${count(lines, 'line')} read`]],
    ['meaning', [meaning]],
    ['cure', [cure]],
    [
      'could also be',
      doubt.alternatives.map(
        (other) =>
          `${other.outcome} (${other.line === null ? '' : `line ${other.line}: `}${other.because})`,
      ),
    ],
    ['would settle it', [doubt.settle]],
    ['next', [signalsCommand(place)]],
  ];
  return element`<section class="case">
    <h2><span class="badge ${verdict}">${id}</span> ${place}</h2>
    <dl>${concat(facts.map(([name, said]) => fact(name, said)))}</dl>
    <h3>Evidence</h3>
    ${concat(excerpts.map(excerpt))}
    <ul class="evidence">
      ${concat(outside.map(({ signature, text }) => element`<li>${signature}: ${text}</li>`))}
    </ul>
  </section> `;
}

function excerpt(lines: Excerpt): Html {
  const rows = lines.map(({ line, text, decides }) =>
    decides
      ? element`<div><b>${line}</b> <mark>${text}</mark></div>`
      : element`<div>${line} ${text}</div>`,
  );
  return element`<pre class="excerpt">${concat(rows)}</pre>`;
}
