import type { ConsoleLine } from '../console/lines.ts';
import { learnPrefix } from './learn-prefix.ts';
import { prefixPattern } from './prefix.ts';

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
  const followers = lines.filter((_, index) => mayGoOn(lines[index - 1], wrap));
  const mostStart = (start: RegExp): boolean =>
    4 * followers.filter(({ text }) => start.test(text)).length > full.length;
  if (mostStart(/^\[/)) return null;
  const prefix = learnPrefix(lines.map(({ text }) => text));
  return prefix !== null && mostStart(prefixPattern(prefix)) ? null : wrap;
}

/** What decides where a mail program may have cut. Lengths in UTF-16 units, without quoting and blanks at the end. */
type Shape = { length: number; firstWord: number; isRecord: boolean; isWhole: boolean };

function shapeOf({ text, segments }: ConsoleLine): Shape {
  const line = own(text).trimEnd();
  return {
    length: line.length,
    firstWord: line.search(/\s|$/),
    isRecord: stamped.test(line),
    isWhole: segments.length === 1,
  };
}

/** A kernel's stamp. */
const stamped = /^(?:<\d+>)?\[ *\d+\.\d{6}\]/;

/**
 * The width at which a mail program has wrapped the lines, if it has: no line is longer, and where something without a stamp
 * follows a kernel's record, its first word would mostly not have fitted behind that.
 */
function wrappedByMail(lines: readonly ConsoleLine[]): Wrap | null {
  const shapes = lines.map(shapeOf);
  const pairs = shapes.slice(1).flatMap((next, index) => {
    const line = shapes[index];
    return line?.isRecord && !next.isRecord && next.length > 0 ? [{ line, next }] : [];
  });
  if (pairs.length < enough) return null;
  const widths = Array.from({ length: widestMail - narrowest + 1 }, (_, more) => narrowest + more);
  const [best] = widths
    .map((width) => ({ width, cut: cutAt(shapes, pairs, width) }))
    .filter(({ cut }) => cut >= enough)
    .sort((one, other) => other.cut - one.cut || one.width - other.width);
  return best === undefined ? null : { width: best.width, between: 'words' };
}

/** How many lines were cut at that width; none where it does not explain most of what follows a record. */
function cutAt(
  shapes: readonly Shape[],
  pairs: readonly { line: Shape; next: Shape }[],
  width: number,
): number {
  const possible = pairs.filter(({ line }) => mayBreak(line, width));
  const cut = possible.filter(({ line, next }) => isCut(line, next, width)).length;
  // What cannot be cut stays longer.
  const longer = shapes.filter(({ length }) => length > width).length;
  return 2 * cut > possible.length && cut > longer ? cut : 0;
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
  if (between === 'words') return mayBreak(shapeOf(line), width);
  return line.text.length === width && !line.text.endsWith(' ');
}

function goesOn(line: ConsoleLine | undefined, next: ConsoleLine, wrap: Wrap): boolean {
  if (line === undefined || !mayGoOn(line, wrap) || next.segments.length !== 1) return false;
  return wrap.between === 'characters' || isCut(shapeOf(line), shapeOf(next), wrap.width);
}

/** A mail program can cut at any blank; half a line is the least it leaves. */
function mayBreak({ length, isWhole }: Shape, width: number): boolean {
  return isWhole && 2 * length > width && length <= width;
}

/** Whether the first word of the next line would not have fitted behind this one. */
function isCut(line: Shape, next: Shape, width: number): boolean {
  const fits = line.length + 1 + next.firstWord <= width;
  return next.firstWord > 0 && !fits && !next.isRecord && next.isWhole;
}

/** Without what the answer to a mail has put in front. */
function own(text: string): string {
  return text.startsWith('>') ? text.replace(quoting, '') : text;
}

function longest(lengths: readonly number[]): number {
  return lengths.reduce((most, length) => Math.max(most, length), 0);
}
