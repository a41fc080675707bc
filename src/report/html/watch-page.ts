/** What is new in a history, and the history, as one HTML page. */
import type { History, HistoryChange, HistoryEntry, Watch } from '../../model/history.ts';
import { kernelName, resultOf, setupName } from '../history-markdown.ts';
import { verdictOf, watchSummary } from '../watch-text.ts';
import { fact } from './case.ts';
import type { Html } from './document.ts';
import { concat, element, htmlDocument } from './document.ts';

/** The page: the changes first. */
export function watchPage(watch: Watch, history: History): string {
  const { changes, failing, notAsked } = watch;
  return htmlDocument(
    'kexec-lab watch',
    concat([
      element`<h2>New in the archive</h2><p class="summary">${watchSummary(watch)}</p>`,
      ...changes.map(changeArticle),
      ...(failing.length === 0 ? [] : [element`<h2>Failed earlier</h2>`, entryTable(failing)]),
      ...(notAsked.length === 0 ? [] : [element`<h2>Not asked</h2>`]),
      ...notAsked.map(({ arch, suite, why }) => element`<p>${suite} for ${arch}: ${why}</p>`),
      element`<h2>All pairs</h2>`,
      entryTable(history.entries),
    ]),
    new Map(),
  );
}

function changeArticle(change: HistoryChange): Html {
  const { entry, record } = change;
  const { verdict, outcome, meaning, cause, from, to } = entry;
  return element`<article>
    <h3><span class="badge ${verdict}">${outcome}</span> ${kernelName(from)} → ${kernelName(to)}</h3>
    <dl>
      ${fact('machine', [setupName(entry)])}
      ${fact('result', [`${resultOf(entry)}; it ${verdictOf(change)}`])}
      ${fact('meaning', verdict === 'pass' ? [] : [meaning])}
      ${fact('evidence', cause === null ? [] : [cause.text])}
    </dl>
    ${concat(record === null ? [] : [element`<p><a href="${record}/console.log">The console</a></p>`])}
  </article>`;
}

function entryTable(entries: readonly HistoryEntry[]): Html {
  return element`<div class="scroll"><table>
    <thead><tr><th scope="col">machine</th><th scope="col">first kernel</th><th scope="col">second kernel</th><th scope="col">result</th></tr></thead>
    <tbody>${concat(entries.map(entryRow))}</tbody>
  </table></div>`;
}

function entryRow(entry: HistoryEntry): Html {
  return element`<tr>
    <td>${setupName(entry)}</td>
    <td>${kernelName(entry.from)}</td>
    <td>${kernelName(entry.to)}</td>
    <td class="${entry.verdict}">${resultOf(entry)}</td>
  </tr>`;
}
