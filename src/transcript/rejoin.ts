import type { ConsoleLine } from '../console/lines.ts';
import { learnPrefix, prefixPattern } from './learn-prefix.ts';

/** How long lines were cut: a terminal cuts at its width, a mail program between two words. Columns. */
export type Wrap = { width: number; between: 'characters' | 'words' };

/** A narrower terminal is nobody's. Columns. */
const narrowest = 60;

/** Mail programs wrap below that. Columns. */
const widestMail = 80;

/** As many lines must fill the width before it is taken for one. */
const enough = 3;

/** What an answer to a mail puts in front of a line. */
const quoting = /^(?:> ?)+/;

/** How a terminal or a mail program has cut the lines; null if none has. */
export function wrapOf(lines: readonly ConsoleLine[]): Wrap | null {
  return wrappedByTerminal(lines) ?? wrappedByMail(lines);
}

/**
 * The width of the terminal that a console was copied from, if it cut long lines there: several lines fill it, none is
 * longer, few are nearly as long, and what follows a full line does not look like the start of one.
 */
function wrappedByTerminal(lines: readonly ConsoleLine[]): Wrap | null {
  const lengths = lines.map(({ text }) => text.length);
  const width = longest(lengths);
  if (width < narrowest) return null;
  const wrap: Wrap = { width, between: 'characters' };
  const full = lines.filter((line) => mayGoOn(line, wrap));
  // A program that says the same again and again fills the same width each time.
  const texts = new Set(full.map(({ text }) => text));
  const nearly = lengths.filter((length) => length < width && length >= width - 4);
  if (texts.size < enough || full.length <= 2 * nearly.length) return null;
  const prefix = learnPrefix(lines.map(({ text }) => text));
  const start = prefix === null ? /^\[/ : prefixPattern(prefix);
  const starts = lines.filter(
    ({ text }, index) => mayGoOn(lines[index - 1], wrap) && start.test(text),
  );
  return starts.length * 4 > full.length ? null : wrap;
}

/**
 * The width at which a mail program has wrapped the lines, if it has: no line is longer, and where something without a stamp
 * follows a kernel's record, its first word would mostly not have fitted behind that.
 */
function wrappedByMail(lines: readonly ConsoleLine[]): Wrap | null {
  const widths = Array.from({ length: widestMail - narrowest + 1 }, (_, more) => narrowest + more);
  const [best] = widths
    .map((width) => ({ width, cut: cutAt(lines, width) }))
    .filter(({ cut }) => cut >= enough)
    .sort((one, other) => other.cut - one.cut || one.width - other.width);
  return best === undefined ? null : { width: best.width, between: 'words' };
}

/** How many lines were cut at that width; none where it does not explain most of what follows a record. */
function cutAt(lines: readonly ConsoleLine[], width: number): number {
  const wrap: Wrap = { width, between: 'words' };
  // What cannot be cut stays longer.
  const longer = lines.filter(({ text }) => own(text).trimEnd().length > width);
  const pairs = lines
    .slice(1)
    .map((next, index) => ({ line: lines[index], next }))
    .filter(
      ({ line, next }) =>
        line !== undefined && isRecord(line) && mayGoOn(line, wrap) && next.text.trim() !== '',
    )
    .filter(({ next }) => !isRecord(next));
  const cut = pairs.filter(({ line, next }) => goesOn(line, next, wrap));
  return 2 * cut.length > pairs.length && cut.length > longer.length ? cut.length : 0;
}

/** Puts together what was cut. A line keeps the number it began with. */
export function rejoin(lines: readonly ConsoleLine[], wrap: Wrap): ConsoleLine[] {
  const joined: ConsoleLine[] = [];
  let before: ConsoleLine | undefined;
  for (const line of lines) {
    const last = joined.at(-1);
    if (last !== undefined && goesOn(before, line, wrap)) {
      const text =
        wrap.between === 'words'
          ? `${last.text.trimEnd()} ${own(line.text).trimStart()}`
          : last.text + line.text;
      joined[joined.length - 1] = { line: last.line, text, segments: [text] };
    } else {
      joined.push(line);
    }
    before = line;
  }
  return joined;
}

/** Whether the next line may belong to this one. Padding fills a terminal's width, too, but with blanks. */
export function mayGoOn(line: ConsoleLine | undefined, { width, between }: Wrap): boolean {
  if (line?.segments.length !== 1) return false;
  if (between === 'characters') return line.text.length === width && !line.text.endsWith(' ');
  // A mail program can cut at any blank; half a line is the least it leaves.
  const { length } = own(line.text).trimEnd();
  return 2 * length > width && length <= width;
}

function goesOn(line: ConsoleLine | undefined, next: ConsoleLine, wrap: Wrap): boolean {
  if (!mayGoOn(line, wrap) || next.segments.length !== 1) return false;
  if (wrap.between === 'characters') return true;
  const [word = ''] = /^\S+/.exec(own(next.text)) ?? [];
  const fits = own(line?.text ?? '').trimEnd().length + 1 + word.length <= wrap.width;
  return word !== '' && !fits && !isRecord(next);
}

/** Whether it begins with a kernel's stamp. */
function isRecord({ text }: ConsoleLine): boolean {
  return /^(?:<\d+>)?\[ *\d+\.\d{6}\]/.test(own(text));
}

/** Without what the answer to a mail has put in front. */
function own(text: string): string {
  return text.replace(quoting, '');
}

function longest(lengths: readonly number[]): number {
  return lengths.reduce((most, length) => Math.max(most, length), 0);
}
