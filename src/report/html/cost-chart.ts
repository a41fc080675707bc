import type { Comparison } from '../../compare/classify.ts';
import type { CostChange } from '../../compare/cost.ts';
import { costText } from '../comparison-text.ts';
import type { Html } from './escape.ts';
import { element, join } from './escape.ts';

const width = 1000;
const barHeight = 14;
const rowHeight = 2 * barHeight + 10;

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
      ${join(changes.map(({ key, change }) => row(key, change, longest)))}
    </ul>`;
}

function row(key: string, change: CostChange, longest: number): Html {
  return element`<li>
    <span>${key}</span> <span class="made">${costText(change)}</span>
    <svg
      class="cost"
      viewBox="0 0 ${width} ${rowHeight}"
      preserveAspectRatio="none"
      role="img"
      aria-label="${key}: ${costText(change)}"
    >
      ${bar('baseline', change.baseline / longest, 2)}
      ${bar('candidate', change.candidate / longest, barHeight + 4)}
    </svg>
  </li>`;
}

function bar(side: string, share: number, y: number): Html {
  return element`<rect
    class="${side}"
    x="0"
    y="${y}"
    width="${(share * width).toFixed(1)}"
    height="${barHeight}"
  />`;
}
