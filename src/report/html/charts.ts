import type { Comparison, CostChange } from '../../model/comparison.ts';
import type { StageTime } from '../../model/result.ts';
import { costText } from '../comparison-text.ts';
import type { Html } from './document.ts';
import { element, concat } from './document.ts';
const width = 1000;
const rowHeight = 22;

/** Where the time of a boot went: a row of host time and one of guest time, each to its own scale, and the numbers. */
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

/** What the second kernel took in guest time: two bars per case, all to one scale; the text has the numbers. */
export function costChart(comparisons: readonly Comparison[]): Html {
  const changes = comparisons.flatMap(({ key, cost }) => cost.map((change) => ({ key, change })));
  if (changes.length === 0) return element``;
  const longest = Math.max(...changes.flatMap(({ change }) => [change.baseline, change.candidate]));
  return element`<h2>What the second kernel costs</h2>
    <p class="made">
      Guest time, medians: <i class="bar baseline"></i> baseline, <i class="bar candidate"></i> candidate.
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
