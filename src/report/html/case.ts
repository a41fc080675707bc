import type { Comparison, CostChange } from '../../model/comparison.ts';
import type { StageTime, CaseResult } from '../../model/result.ts';
import type { CaseReference } from '../../model/run.ts';
import { costText } from '../comparison-text.ts';
import {
  describeExpectation,
  describeOutcome,
  describeReasons,
  describeRecording,
  describeSecondOpinion,
  formatSeconds,
  nextCommands,
  outcomeWord,
  symbols,
} from '../result-text.ts';
import { describeDifferences } from '../differences.ts';
import type { Html } from './document.ts';
import { element, concat, searchBox } from './document.ts';

/** Parts of a page about cases: the section of one case, the timeline of a boot, and the chart of a comparison's costs. */

/** What a page shows of a case. `again` is the command that runs it again. */
export type ShownCase = { reference: CaseReference; result: CaseResult; again: string };

/** One case: the result, a timeline, the evidence, and the element in which the script shows the console. */
export function caseSection({ reference, result, again }: ShownCase): Html {
  const { id } = reference;
  const { verdict, outcome, stages, release, wallSeconds, checkpoint } = result;
  const facts: [string, string[]][] = [
    ['expected', [describeExpectation(result.expected)]],
    ['happened', outcome === null ? [] : [describeOutcome(result)]],
    ['because', describeReasons(result)],
    ['meaning', [result.meaning]],
    ['cure', [result.cure]],
    ['kernel', release === null ? [] : [release]],
    ['took', [formatSeconds(wallSeconds)]],
    ['began', checkpoint === null ? [] : [`at checkpoint ${checkpoint}, after the first boot`]],
    ['verbose boot', describeSecondOpinion(result, result.directory)],
    ['recorded', describeRecording(result, result.directory)],
    ['differs', describeDifferences(result)],
    ['next', nextCommands(result, result.directory, again)],
  ];
  return element`<section
    class="case"
    id="${id}"
    data-case="${id}"
    aria-labelledby="title-${id}"
    hidden
  >
    <p><a class="back" href="#">← all cases</a></p>
    <h2 id="title-${id}" tabindex="-1">
      <span class="badge ${verdict}">${symbols[verdict]} ${outcomeWord(result)}</span> ${id}
    </h2>
    <dl>${concat(facts.map(([name, lines]) => fact(name, lines)))}</dl>
    ${timeline(stages)} ${evidence(reference, result)}
    <h3>Console</h3>
    ${searchBox('Search the console', 'Search')}
    <div class="console" role="region" aria-label="Console of ${id}" tabindex="0"></div>
  </section> `;
}

/** A name and its lines; nothing if there are no lines. */
export function fact(name: string, lines: readonly string[]): Html {
  const said = lines.filter((line) => line !== '');
  if (said.length === 0) return element``;
  return element`<div>
    <dt>${name}</dt>
    ${concat(said.map((line) => element`<dd>${line}</dd>`))}
  </div>`;
}

function evidence({ id }: CaseReference, { evidence: found }: CaseResult): Html {
  if (found.length === 0) return element``;
  const items = found.map(({ line, text, signature }) =>
    line === null
      ? element`<li>
          <span class="signature">${signature}</span>
          ${signature === 'guest-memory' ? element`<code>${text}</code>` : text}
        </li>`
      : element`<li>
          <a href="#${id}:${line}">line ${line}</a> <span class="signature">${signature}</span>
          <code>${text}</code>
        </li>`,
  );
  return element`<h3>Evidence</h3>
    <ul class="evidence">
      ${concat(items)}
    </ul>`;
}

const width = 1000;
const rowHeight = 22;

/** Where the time of a boot went: a bar of host time and one of guest time, each to its own scale, and a table. */
export function timeline(stages: readonly StageTime[]): Html {
  if (stages.length === 0) return element``;
  const host = stageBar(stages, ({ hostSeconds }) => hostSeconds, 0);
  const guest = stageBar(stages, ({ guestSeconds }) => guestSeconds ?? 0, rowHeight + 6);
  const height = 2 * rowHeight + 6;
  const total = (of: (stage: StageTime) => number) =>
    stages.reduce((sum, stage) => sum + of(stage), 0).toFixed(1);
  const hostTotal = total(({ hostSeconds }) => hostSeconds);
  const guestTotal = total(({ guestSeconds }) => guestSeconds ?? 0);
  return element`<div class="timeline">
      <div class="rows" aria-hidden="true">
        <span>host ${hostTotal} s</span><span>guest ${guestTotal} s</span>
      </div>
      <svg
        viewBox="0 0 ${width} ${height}"
        preserveAspectRatio="none"
        role="img"
        aria-label="Stages of the boot: host time above, guest time below; the table has the numbers"
      >
        ${host}${guest}
      </svg>
    </div>
    <details>
      <summary>Stages in numbers</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Stages in numbers">
        <table class="stages">
          <thead>
            <tr>
              <th scope="col">stage</th>
              <th scope="col">generation</th>
              <th scope="col">host</th>
              <th scope="col">guest</th>
            </tr>
          </thead>
          <tbody>
            ${concat(stages.map(stageNumbers))}
          </tbody>
        </table>
      </div>
    </details>`;
}

function stageBar(stages: readonly StageTime[], of: (stage: StageTime) => number, y: number): Html {
  const total = stages.reduce((sum, stage) => sum + of(stage), 0);
  if (total <= 0) return element``;
  let x = 0;
  return concat(
    stages.map((stage) => {
      const share = (of(stage) / total) * width;
      const from = x;
      x += share;
      const label = `${stage.name}, generation ${stage.generation}: ${of(stage).toFixed(3)} s`;
      return element`<rect
        class="${stage.name}"
        x="${from.toFixed(2)}"
        y="${y}"
        width="${share.toFixed(2)}"
        height="${rowHeight}"
        ><title>${label}</title></rect
      >`;
    }),
  );
}

function stageNumbers({ name, generation, hostSeconds, guestSeconds }: StageTime): Html {
  const guest = guestSeconds === null ? '–' : `${guestSeconds.toFixed(3)} s`;
  return element`<tr>
    <td><i class="${name}"></i>${name}</td>
    <td>${generation}</td>
    <td>${hostSeconds.toFixed(3)} s</td>
    <td>${guest}</td>
  </tr> `;
}

const barHeight = 14;
const costHeight = 2 * barHeight + 10;

/** Guest time of the second kernel: two bars per case, all to one scale; the text has the numbers. */
export function costChart(comparisons: readonly Comparison[]): Html {
  const changes = comparisons.flatMap(({ key, cost }) => cost.map((change) => ({ key, change })));
  if (changes.length === 0) return element``;
  const longest = Math.max(...changes.flatMap(({ change }) => [change.baseline, change.candidate]));
  return element`<h2>Guest time of the second kernel</h2>
    <p class="made">
      Medians: <i class="bar baseline"></i> baseline, <i class="bar candidate"></i> candidate.
    </p>
    <ul class="costs">
      ${concat(changes.map(({ key, change }) => costRow(key, change, longest)))}
    </ul>`;
}

function costRow(key: string, change: CostChange, longest: number): Html {
  return element`<li>
    <span>${key}</span> <span class="made">${costText(change)}</span>
    <svg
      class="cost"
      viewBox="0 0 ${width} ${costHeight}"
      preserveAspectRatio="none"
      role="img"
      aria-label="${key}: ${costText(change)}"
    >
      ${costBar('baseline', change.baseline / longest, 2)}
      ${costBar('candidate', change.candidate / longest, barHeight + 4)}
    </svg>
  </li>`;
}

function costBar(side: string, share: number, y: number): Html {
  return element`<rect
    class="${side}"
    x="0"
    y="${y}"
    width="${(share * width).toFixed(1)}"
    height="${barHeight}"
  />`;
}
