import type { DiagnosedLog, Excerpt } from '../diagnosis-text.ts';
import { certaintyInWords } from '../diagnosis-text.ts';
import { fact } from './case.ts';
import type { Html } from './document.ts';
import { htmlDocument, element, concat } from './document.ts';

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
    ['where', [`generation ${generation}, stage ${stage}, ${lines} lines read`]],
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
