import { styleText } from 'node:util';
import stripAnsi from 'strip-ansi';

/** How text for people looks: its colours, the symbols that the locale has, and the width of the terminal. */

/** What a place can show. */
export type Display = {
  color: boolean;
  /** True where the locale is not UTF-8. */
  ascii: boolean;
  /** Columns of the terminal; Infinity where lines are not wrapped. */
  columns: number;
};

const colors = ['bold', 'dim', 'red', 'green', 'yellow'] as const;

/** Each returns its argument unchanged where colour is off. */
type Colors = Record<(typeof colors)[number], (text: string) => string>;

export type Style = Colors & {
  /** A symbol that begins a row. All are equally wide, so that what follows is aligned. */
  mark: (symbol: Mark) => string;
  /** Text in the characters that the locale has. */
  encode: (text: string) => string;
  /** One line as rows that fit, in the characters of the locale; see `wrap`. */
  wrap: (line: string, hang?: number) => string[];
  /** A shell command as rows that fit and can still be pasted; see `wrapCommand`. */
  wrapCommand: (command: string, indent?: number) => string[];
  /** Cells as rows that fit; see `layOut`. */
  table: (rows: readonly (readonly string[])[], indent?: number) => string[];
};

/** @param display defaults to what a file takes: no colour, UTF-8, lines of any length */
export function createStyle(display: Partial<Display> = {}): Style {
  const { color = false, ascii = false } = display;
  const paint = (name: (typeof colors)[number]) => (text: string) =>
    color && text !== '' ? styleText(name, text, { validateStream: false }) : text;
  const encode = (text: string) => (ascii ? toAscii(text) : text);
  // A terminal may change its width.
  const columns = () => display.columns ?? Infinity;
  return {
    ...(Object.fromEntries(colors.map((name) => [name, paint(name)])) as Colors),
    mark: (symbol) => (ascii ? toAscii(symbol).padEnd(widestMark) : symbol),
    encode,
    wrap: (line, hang) => wrap(encode(line), columns(), hang),
    wrapCommand: (command, indent) => wrapCommand(encode(command), columns(), indent),
    table: (rows, indent) =>
      layOut(
        rows.map((cells) => cells.map(encode)),
        columns(),
        indent,
      ),
  };
}

/**
 * Whether to write colour, by the two conventions users know: FORCE_COLOR (anything but `0`) says yes to everything,
 * NO_COLOR (not empty) says no; otherwise a terminal that is not `dumb` gets colour.
 */
export function wantsColor(isTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0';
  return isTerminal && !env.NO_COLOR && env.TERM !== 'dumb';
}

/**
 * Whether to write only ASCII. As in POSIX, the locale is the first of LC_ALL, LC_CTYPE and LANG that is not empty; it has to
 * name UTF-8. Where none is set, a terminal gets ASCII; a pipe or a file, as in most CI jobs, gets UTF-8.
 */
export function wantsAscii(isTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find(Boolean);
  return locale === undefined ? isTerminal : !/utf-?8/i.test(locale);
}

/** Symbols that begin a row. */
export type Mark = '✓' | '✗' | '?' | '–' | '↻' | '▸' | '…' | '+' | '*' | ' ';

const asciiMarks: Partial<Record<string, string>> = {
  '✓': 'ok',
  '✗': 'FAIL',
  '↻': 'redo',
  '▸': '>',
  '…': '...',
  '–': '-',
};

const widestMark = 4;

const asciiCharacters: Partial<Record<string, string>> = {
  ...asciiMarks,
  '→': '->',
  '←': '<-',
  '—': '-',
  '·': '-',
  '×': 'x',
  '█': '#',
  '▒': '=',
  '░': '.',
  '\u2018': "'",
  '\u2019': "'",
  '\u201c': '"',
  '\u201d': '"',
};

/** Replaces what ASCII does not have: symbols by their like, all other characters by `?`. */
function toAscii(text: string): string {
  return text.replace(/\P{ASCII}/gu, (character) => asciiCharacters[character] ?? '?');
}

/** How many columns a text takes; its colours take none. */
function widthOf(text: string): number {
  return Array.from(stripAnsi(text)).length;
}

/** The indent of a row whose first word would not fit otherwise. */
const smallIndent = 4;

/**
 * Wraps a line between words. A word that is too long stays whole, so that paths can be copied.
 * @param hang how far the rows after the first are indented
 */
export function wrap(line: string, columns: number, hang = 0): string[] {
  if (widthOf(line) <= columns) return [line];
  const rows: string[] = [];
  let row = '';
  for (const [, gap = '', word = ''] of line.matchAll(/( *)([^ ]+)/g)) {
    if (row.trim() === '' || widthOf(row + gap + word) <= columns) {
      row += gap + word;
      continue;
    }
    rows.push(row);
    const indent = hang + widthOf(word) <= columns ? hang : Math.min(hang, smallIndent);
    row = ' '.repeat(indent) + word;
  }
  return [...rows, row];
}

/**
 * Wraps a shell command between its words, each row but the last ending in a backslash. An option and its value share a row. A
 * word that fits nowhere stays where it is.
 */
function wrapCommand(command: string, columns: number, indent = 0): string[] {
  const rows: string[] = [];
  let row = ' '.repeat(indent);
  if (indent + widthOf(command) <= columns) return [row + command];
  for (const [words] of command.matchAll(commandWords)) {
    const longer = row.trim() === '' ? row + words : `${row} ${words}`;
    const hasPlace = indent + 2 + widthOf(`${words} \\`) <= columns;
    if (row.trim() === '' || !hasPlace || widthOf(`${longer} \\`) <= columns) row = longer;
    else {
      rows.push(`${row} \\`);
      row = ' '.repeat(indent + 2) + words;
    }
  }
  return [...rows, row];
}

/** A word of a command, quoted or not; an option with the word after it, unless that is an option or an operator. */
const commandWords = /(?:-(?:[^\s'\\]|\\.|'[^']*')+ (?![-&|;]))?(?:[^\s'\\]|\\.|'[^']*')+/g;

/** The least room for a last cell that is wrapped beside the others. Columns. */
const leastBeside = 18;

/**
 * Cells in columns, two spaces apart, each row with the same number of cells. Where they do not fit, the last cell is wrapped;
 * where that would leave it too little room, the last cells follow below the first, further in.
 */
function layOut(rows: readonly (readonly string[])[], columns: number, indent = 0): string[] {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((cells) => widthOf(cells[at] ?? ''))),
  );
  const groups = groupColumns(widths, columns, indent);
  return rows.flatMap((cells) =>
    groups.flatMap(({ from, to, indent: left }) => {
      const padded = cells
        .slice(from, to - 1)
        .map((cell, at) => `${cell}${' '.repeat((widths[from + at] ?? 0) - widthOf(cell))}  `);
      const line = `${' '.repeat(left)}${padded.join('')}${cells[to - 1] ?? ''}`.trimEnd();
      if (line === '' && from > 0) return [];
      return wrap(line, columns, left + widthOf(padded.join('')));
    }),
  );
}

/** Which columns share a row: as many as fit. */
function groupColumns(widths: readonly number[], columns: number, indent: number) {
  const groups: { from: number; to: number; indent: number }[] = [];
  let current = { from: 0, to: 0, indent };
  let used = indent;
  widths.forEach((width, at) => {
    const room = columns - used;
    const isLast = at === widths.length - 1;
    if (at > current.from && width > room && !(isLast && room >= leastBeside)) {
      groups.push(current);
      current = { from: at, to: at, indent: indent + smallIndent };
      used = current.indent;
    }
    current.to = at + 1;
    used += width + 2;
  });
  return [...groups, current];
}

/** Paragraphs rewrapped where a line of theirs does not fit. Lines that begin with a space, `-`, `*` or `|` stay apart. */
export function reflow(text: string, columns: number): string {
  const paragraphs = text.split(/\n{2,}/).map((paragraph) => {
    const lines = paragraph.split('\n');
    if (lines.every((line) => widthOf(line) <= columns)) return paragraph;
    const isProse = !lines.some((line) => /^[\s|*-]/.test(line));
    const joined = isProse ? [lines.join(' ')] : lines;
    return joined.flatMap((line) => wrap(line, columns)).join('\n');
  });
  return paragraphs.join('\n\n');
}
