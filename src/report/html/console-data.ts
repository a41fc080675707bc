import type { CaseResult } from '../../lab/result.ts';
import type { ConsoleText } from '../console-file.ts';
import { printable } from '../printable.ts';

/** A console with what was recognised in it: signature ids by line. */
export type ShownConsole = { console: ConsoleText; signals: ReadonlyMap<number, string[]> };

/** What the page's script shows of a console: per line its seconds and its text, and what marks some of them. */
export function consoleData({ console, signals }: ShownConsole, { evidence }: CaseResult) {
  return {
    cut: console.cut,
    lines: console.lines.map(({ seconds, text }) => [seconds, printable(text, 1000)]),
    signals: Object.fromEntries(signals),
    evidence: evidence.flatMap(({ line }) => line ?? []),
  };
}
