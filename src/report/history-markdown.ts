/** All pairs of a history as Markdown: a table for each machine, and why pairs failed. */
import type { History, HistoryEntry, WatchedKernel } from '../model/history.ts';
import { printable } from './printable.ts';

/** Sections for a page. @param level that of their headings; one lower for how pairs failed */
export function historyMarkdown({ entries }: History, level = 3): string {
  const mark = '#'.repeat(level);
  const setups = [...new Set(entries.map(setupName))];
  return setups
    .map((setup) =>
      setupMarkdown(
        mark,
        setup,
        entries.filter((entry) => setupName(entry) === setup),
      ),
    )
    .join('\n');
}

/** `aarch64`, or with what is not usual: `arm, kexec-tools of debian:trixie, with the option that helps` */
export function setupName({ machine, kexecTools, cure }: HistoryEntry): string {
  const tools = kexecTools === null ? [] : [`kexec-tools of ${kexecTools}`];
  return printable([machine, ...tools, ...(cure ? ['with the option that helps'] : [])].join(', '));
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

function setupMarkdown(mark: string, setup: string, entries: readonly HistoryEntry[]): string {
  const from = [...new Set(entries.map((entry) => kernelName(entry.from)))];
  const to = [...new Set(entries.map((entry) => kernelName(entry.to)))];
  const cell = (first: string, second: string) => {
    const entry = entries.find(
      (each) => kernelName(each.from) === first && kernelName(each.to) === second,
    );
    if (entry === undefined) return '';
    const result = resultOf(entry);
    return entry.verdict === 'pass' ? result : `**${result}**`;
  };
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const head = ['second kernel', ...from.map((first) => `after ${first}`)];
  return [
    `${mark} ${setup}`,
    '',
    line(head),
    line(head.map(() => '---')),
    ...to.map((second) => line([second, ...from.map((first) => cell(first, second))])),
    '',
    ...failuresMarkdown(mark, entries),
  ].join('\n');
}

/** Each way to fail once, with the pairs that fail in it. */
function failuresMarkdown(mark: string, entries: readonly HistoryEntry[]): string[] {
  const ways = new Map<string, HistoryEntry[]>();
  for (const entry of entries.filter(({ verdict }) => verdict === 'fail')) {
    const way = [entry.outcome, entry.generation, entry.stage].join(' ');
    ways.set(way, [...(ways.get(way) ?? []), entry]);
  }
  return [...ways.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const pairs = alike.map((each) => `${kernelName(each.from)} → ${kernelName(each.to)}`);
    // Text of guests is in a fenced block, in which HTML, links and mentions have no effect.
    const texts = [first.meaning, first.cause?.text ?? ''].filter(Boolean);
    return [
      `${mark}# ${resultOf(first)}`,
      '',
      ...pairs.map((pair) => `- ${pair}`),
      '',
      ...['````text', ...texts.map((text) => printable(text)), '````'],
      '',
    ];
  });
}
