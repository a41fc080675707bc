import type { CaseResult } from '../../model/result.ts';
import type { CaseReference } from '../../model/run.ts';
import {
  describeExpectation,
  describeOutcome,
  describeReasons,
  describeRecording,
  describeSecondOpinion,
  formatSeconds,
  outcomeWord,
  symbols,
} from '../result-text.ts';
import { timeline } from './charts.ts';
import type { Html } from './document.ts';
import { searchBox, element, concat } from './document.ts';
/** What a page shows of a case; `again` is the command that runs it once more. */
export type ShownCase = { reference: CaseReference; result: CaseResult; again: string };

/** One case: what came of it, where its time went, what proves it, and the place the script shows its console in. */
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
    ['began', checkpoint === null ? [] : [`at checkpoint ${checkpoint}, behind the first boot`]],
    ['verbose boot', describeSecondOpinion(result, result.directory)],
    ['recorded', describeRecording(result, result.directory)],
    ['again', [again]],
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

/** A name and what is said of it; nothing where nothing is. */
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
