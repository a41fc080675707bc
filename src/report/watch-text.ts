/** What is new in a history, for a terminal and as Markdown. */
import type {
  History,
  HistoryChange,
  HistoryEntry,
  Watch,
  WatchedKernel,
} from '../model/history.ts';
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

/** `trixie 6.12.95-1 (cloud-arm64)` */
export function kernelName({ suite, package: name, version }: WatchedKernel): string {
  const flavour = /-((?:cloud-|rt-)?arm(?:64|mp)[\w-]*)$/.exec(name)?.[1] ?? name;
  return `${suite} ${version} (${flavour})`;
}

/** `booted, 3.26 s`, or the outcome of a failure and its generation. */
export function resultOf({ verdict, outcome, generation, guestSeconds }: HistoryEntry): string {
  if (verdict === 'fail') return `${outcome} in generation ${generation}`;
  return guestSeconds === null ? outcome : `${outcome}, ${guestSeconds.toFixed(2)} s`;
}

/** `aarch64`, or with what is not usual: `arm, kexec-tools of debian:trixie, with the option that helps` */
export function setupName({ machine, kexecTools, cure }: HistoryEntry): string {
  const tools = kexecTools === null ? [] : [`kexec-tools of ${kexecTools}`];
  return [machine, ...tools, ...(cure ? ['with the option that helps'] : [])].join(', ');
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
  const lines = [
    ...style.wrap(style.bold(watchSummary(watch)), 2),
    ...changes.flatMap((change) => ['', ...changeLines(change, style)]),
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

function changeLines(change: HistoryChange, style: Style): string[] {
  const { entry } = change;
  const { verdict, from, to, meaning, cause } = entry;
  const passed = verdict === 'pass';
  const head = `${style.mark(passed ? '✓' : '✗')} ${setupName(entry)}: ${kernelName(from)} → ${kernelName(to)}`;
  const rows = [
    ['result', `${resultOf(entry)}; it ${verdictOf(change)}`],
    ...(passed ? [] : [['means', printable(meaning)]]),
    ...(cause === null ? [] : [['because', printable(cause.text)]]),
  ];
  return [...style.wrap((passed ? style.green : style.red)(head), 2), ...style.table(rows, 4)];
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
    '| machine | first kernel | second kernel | result |',
    '| --- | --- | --- | --- |',
    ...history.entries.map((entry) => {
      const cells = [setupName(entry), kernelName(entry.from), kernelName(entry.to)];
      const result = resultOf(entry);
      return `| ${[...cells, entry.verdict === 'pass' ? result : `**${result}**`].join(' | ')} |`;
    }),
    '',
  ].join('\n');
}
