import type { Arch } from '../../arch.ts';
import { arches } from '../../arch.ts';
import type { RunReport } from '../../lab/result.ts';
import { formatSeconds, outcomeWord, symbols } from '../result-text.ts';
import { summaryLine } from '../transcript.ts';
import type { ShownCase } from './case.ts';
import { keysHelp, searchBox } from './controls.ts';
import type { Html } from './escape.ts';
import { element, join } from './escape.ts';

/** All cases at a glance: a row per scenario, a column per architecture. */
export function matrix(report: RunReport, cases: readonly ShownCase[]): Html {
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
            ${join(shown.map((arch) => element`<th scope="col">${arch}</th>`))}
          </tr>
        </thead>
        <tbody>
          ${join(scenarios.map((scenario) => row(scenario, shown, cases)))}
        </tbody>
      </table>
    </div>
    <p class="made">${made}</p>
    ${keysHelp()}
  </section> `;
}

function row(scenario: string, shown: readonly Arch[], cases: readonly ShownCase[]): Html {
  const cells = shown.map((arch) => {
    const own = cases.filter(
      ({ reference }) => reference.scenario === scenario && reference.arch === arch,
    );
    return element`<td>${join(own.map(link))}</td>`;
  });
  return element`<tr data-name="${scenario}">
    <th scope="row">${scenario}</th>
    ${join(cells)}
  </tr> `;
}

function link({ reference: { id }, result }: ShownCase): Html {
  const { verdict, wallSeconds, flaky } = result;
  return element`<a class="cell ${verdict}" href="#${id}"><span class="sr">${id}: ${verdict}, </span><span aria-hidden="true">${symbols[verdict]} </span>${outcomeWord(result)}${flaky ? ' (flaky)' : ''} <small>${formatSeconds(wallSeconds)}</small></a>`;
}
