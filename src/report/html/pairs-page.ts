/** Tables of pairs as one HTML page. */
import type { PairFinding } from '../../compare/pair-findings.ts';
import { pairFindings } from '../../compare/pair-findings.ts';
import type { PairCell, PairKernel, Pairs, PairTable } from '../../model/pairs.ts';
import { cellAt, summaryOf, titleOf } from '../pairs-text.ts';
import { count } from '../result-text.ts';
import { fact } from './case.ts';
import type { Html } from './document.ts';
import { concat, element, htmlDocument } from './document.ts';

/** The page. Its links lead to the records next to it. */
export function pairsPage({ tables }: Pairs): string {
  return htmlDocument('kexec-lab pairs', concat(tables.map(tableSection)), new Map());
}

function tableSection(table: PairTable): Html {
  const { from, to } = table;
  return element`<section class="pairs">
    <h2>${titleOf(table)}</h2>
    <p class="summary">${summaryOf(table)}</p>
    <p class="made">
      Row: first kernel. Column: the kernel that it starts. Number: guest seconds from the start of
      the second kernel to its initramfs. Each cell leads to its console.
    </p>
    <div class="scroll">
      <table class="pairs">
        <thead>
          <tr>
            <th scope="col"></th>
            ${concat(to.map(({ label }) => element`<th scope="col"><span>${label}</span></th>`))}
          </tr>
        </thead>
        <tbody>
          ${concat(from.map((first) => row(table, first)))}
        </tbody>
      </table>
    </div>
    ${concat(pairFindings(table).map(findingArticle))}
  </section>`;
}

function row(table: PairTable, first: PairKernel): Html {
  return element`<tr>
    <th scope="row">${first.label}</th>
    ${concat(
      table.to.map((second) => {
        const pair = `${first.label} → ${second.label}`;
        return tableCell(pair, cellAt(table, first, second));
      }),
    )}
  </tr> `;
}

function tableCell(pair: string, cell: PairCell | null): Html {
  if (cell === null)
    return element`<td class="unavailable" title="${pair}: no result"><span class="sr">no result</span>?</td>`;
  const { verdict, outcome, guestSeconds, flaky } = cell;
  const time = guestSeconds === null ? '' : guestSeconds.toFixed(1);
  const text = verdict === 'pass' ? `${time || '✓'}${flaky ? '*' : ''}` : '✗';
  return element`<td class="${flaky ? 'unavailable' : verdict}"><a href="${consoleOf(cell)}" title="${pair}: ${outcome}${flaky ? ' at the second attempt' : ''}"><span class="sr">${outcome} </span>${text}</a></td>`;
}

function consoleOf({ run, directory }: PairCell): string {
  return `${run}/${directory}/console.log`;
}

function findingArticle({ cell, cells, pairs }: PairFinding): Html {
  const { outcome, generation, meaning, cure, evidence, autopsy } = cell;
  return element`<article>
    <h3>
      <span class="badge fail">${outcome}</span> in generation ${generation}:
      ${count(cells.length, 'pair')}
    </h3>
    <dl>
      ${fact('pairs', pairs)}${fact('meaning', [meaning])}${fact('memory', autopsy === null ? [] : [autopsy])}
      ${fact(
        'evidence',
        evidence.map(({ text }) => text),
      )}${fact('cure', cure === '' ? [] : [cure])}
    </dl>
    <p><a href="${consoleOf(cell)}">The console of one of them</a></p>
  </article>`;
}
