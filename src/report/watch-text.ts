/** What is new in a history, for a terminal and as Markdown. */
import type { History, HistoryChange, HistoryEntry, Watch } from '../model/history.ts';
import { historyMarkdown, kernelName, resultOf, setupName } from './history-markdown.ts';
import { printable } from './printable.ts';
import { count } from './result-text.ts';
import type { Style } from './style.ts';

/** How a new pair compares with the version before it, as the end of a sentence: `broke: 7.2.12-1 came up`. */
export function verdictOf({ kind, entry, before }: HistoryChange): string {
  if (before === null) return `${kindWords[kind].verb}; no earlier version was booted`;
  // The first kernel may be what is new.
  const same = before.from.version === entry.from.version;
  const old = same ? before.to.version : `${before.to.version} after ${before.from.version}`;
  switch (kind) {
    case 'broke':
      return `broke: ${old} came up`;
    case 'other-failure':
      return `fails in another way: ${old} ended with ${before.outcome}`;
    case 'works-again':
      return `works again: ${old} failed`;
    case 'fails':
    case 'still-fails':
    case 'works':
      return `${kindWords[kind].verb} like ${old}`;
  }
}

/** One sentence: `2 new pairs: 1 broke, 1 works. 1 older failure.` */
export function watchSummary({ changes, failing, notAsked, withoutResult }: Watch): string {
  const parts = Object.entries(kindWords).flatMap(([kind, words]) => {
    const number = changes.filter((change) => change.kind === kind).length;
    return number === 0 ? [] : [`${number} ${words.count}`];
  });
  const sentences = [
    changes.length === 0
      ? 'No new pair was booted'
      : `${count(changes.length, 'new pair')}: ${parts.join(', ')}`,
    ...(failing.length > 0
      ? [`${count(failing.length, 'pair')} failed earlier, and nothing newer was booted`]
      : []),
    ...(withoutResult > 0 ? [`${count(withoutResult, 'pair')} without a result`] : []),
    ...(notAsked.length > 0 ? [`${count(notAsked.length, 'suite')} could not be asked`] : []),
  ];
  return sentences.map((sentence) => `${sentence}.`).join(' ');
}

const kindWords: Record<HistoryChange['kind'], { verb: string; count: string }> = {
  broke: { verb: 'broke', count: 'broke' },
  fails: { verb: 'fails', count: 'failed' },
  'other-failure': { verb: 'fails', count: 'failed in another way' },
  'still-fails': { verb: 'fails', count: 'failed as before' },
  'works-again': { verb: 'works', count: 'works again' },
  works: { verb: 'works', count: 'came up' },
};

/** The changes, what fails since earlier, and what could not be asked. */
export function watchText(watch: Watch, style: Style): string {
  const { changes, failing, notAsked } = watch;
  const passes = changes.flatMap((change) => passRow(change, style));
  const lines = [
    ...style.wrap(style.bold(watchSummary(watch)), 2),
    ...changes.flatMap((change) =>
      change.entry.verdict === 'fail' ? ['', ...failureLines(change, style)] : [],
    ),
    ...(passes.length === 0 ? [] : ['', ...style.table(passes)]),
    ...(failing.length === 0 ? [] : ['', `  ${style.bold('Failed earlier')}`]),
    ...style.table(
      failing.map((entry) => [
        `  ${setupName(entry)}`,
        `${kernelName(entry.from)} → ${kernelName(entry.to)}`,
        style.red(resultOf(entry)),
      ]),
    ),
    ...(notAsked.length === 0 ? [] : ['', `  ${style.bold('Not asked')}`]),
    ...notAsked.map(({ arch, suite, why }) => `  ${suite} for ${arch}: ${printable(why)}`),
  ];
  return `${lines.map((line) => style.encode(line)).join('\n')}\n`;
}

function failureLines(change: HistoryChange, style: Style): string[] {
  const { entry, record } = change;
  const { from, to, meaning, cause } = entry;
  const head = `${style.mark('✗')} ${setupName(entry)}: ${kernelName(from)} → ${kernelName(to)}`;
  const rows = [
    ['result', `${resultOf(entry)}; it ${verdictOf(change)}`],
    ['means', printable(meaning)],
    ...(cause === null ? [] : [['because', printable(cause.text)]]),
    ...(record === null ? [] : [['record', printable(record)]]),
  ];
  return [...style.wrap(style.red(head), 2), ...style.table(rows, 4)];
}

/** The row of a pair that came up. A pair that failed has its own lines instead. */
function passRow(change: HistoryChange, style: Style): string[][] {
  const { entry, before } = change;
  if (entry.verdict === 'fail') return [];
  const pair = `${setupName(entry)}: ${kernelName(entry.from)} → ${kernelName(entry.to)}`;
  const compared = before === null ? '' : verdictOf(change);
  return [[style.green(`${style.mark('✓')} ${pair}`), resultOf(entry), compared]];
}

/** The same as Markdown, with all pairs of the history below. */
export function watchMarkdown(watch: Watch, history: History): string {
  const { changes, failing, notAsked } = watch;
  const list = (title: string, items: readonly string[]) =>
    items.length === 0 ? [] : [`## ${title}`, '', ...items.map((item) => `- ${item}`), ''];
  const named = (entry: HistoryEntry) =>
    `${setupName(entry)}: ${kernelName(entry.from)} → ${kernelName(entry.to)}`;
  return [
    '# Kernels of the archive',
    '',
    watchSummary(watch),
    '',
    ...list(
      'New',
      changes.map(
        (change) =>
          `${change.entry.verdict === 'pass' ? '✓' : '✗'} ${named(change.entry)}: **${resultOf(change.entry)}**. It ${verdictOf(change)}.`,
      ),
    ),
    ...list(
      'Failed earlier',
      failing.map((entry) => `✗ ${named(entry)}: **${resultOf(entry)}**`),
    ),
    ...list(
      'Not asked',
      notAsked.map(({ arch, suite, why }) => `${suite} for ${arch}: \`${printable(why)}\``),
    ),
    '## All pairs',
    '',
    historyMarkdown(history),
  ].join('\n');
}
