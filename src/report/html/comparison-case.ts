import { describeOutcome } from '../result-text.ts';
import type { ShownBoot, ShownComparison } from './comparison-page.ts';
import { searchBox } from './controls.ts';
import type { Html } from './escape.ts';
import { element, join } from './escape.ts';
import { timeline } from './timeline.ts';

/** One case with both kernels: what changed, where the time of both went, and the place the script shows the consoles in. */
export function comparisonSection({ comparison, baseline, candidate }: ShownComparison): Html {
  const { key, class: kind, reason } = comparison;
  return element`<section class="case" id="${key}" data-case="${key}" aria-labelledby="title-${key}" hidden>
    <p><a class="back" href="#">← all cases</a></p>
    <h2 id="title-${key}" tabindex="-1"><span class="badge ${kind}">${kind}</span> ${key}</h2>
    <p>${reason}</p>
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
      <p class="made">Nothing is left of it to look at: it was not run, or is a baseline file.</p>
    </div>`;
  }
  const { result } = boot;
  const lines = [describeOutcome(result), result.release ?? '', result.meaning, result.cure];
  return element`<div>
    <h3>${name}</h3>
    ${join(lines.filter((line) => line !== '').map((line) => element`<p>${line}</p>`))}
    ${timeline(result.stages)}
  </div>`;
}
