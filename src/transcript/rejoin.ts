import type { ConsoleLine } from '../console/lines.ts';
import { learnPrefix } from './learn-prefix.ts';
import { prefixPattern } from './prefix.ts';
import type { Prefixes } from './prefixes.ts';
import type { RawLine } from './raw-line.ts';

/** How long lines were cut: a terminal cuts at its width, a mail program between two words. `width` is in columns. */
export type Wrap = { width: number; between: 'characters' | 'words' };

/** No terminal is narrower. Columns. */
const narrowest = 60;

/** Mail programs wrap at this width or less. Columns. */
const widestMail = 80;

/** This many different lines must fill a width before it counts as the width of a terminal. */
const enough = 3;

/** The mark of a quoted line in a mail. */
const quoting = /^(?:> ?)+/;

/**
 * How a terminal or a mail program cut the lines; null if they were not cut.
 * @param known the prefixes of the lines before
 */
export function wrapOf(lines: readonly RawLine[], known: Prefixes): Wrap | null {
  return wrappedByTerminal(lines, known) ?? wrappedByMail(lines);
}

/**
 * The width of the terminal that a console was copied from, if it cut long lines: several lines fill it, none is longer, few
 * are nearly as long, and the lines after full lines do not look like the start of a line.
 */
function wrappedByTerminal(lines: readonly RawLine[], known: Prefixes): Wrap | null {
  const lengths = lines.map(({ length }) => length);
  const width = longest(lengths);
  if (width < narrowest) return null;
  const wrap: Wrap = { width, between: 'characters' };
  const full = lines.filter((line) => mayGoOn(line, wrap));
  // A line that is printed repeatedly has the same width each time.
  const texts = new Set(full.map(({ text }) => text));
  const nearly = lengths.filter((length) => length < width && length >= width - 4);
  if (texts.size < enough || full.length <= 2 * nearly.length) return null;
  const followers = lines.filter((_, index) => mayGoOn(lines[index - 1], wrap));
  const mostStart = (isStart: (text: string) => boolean): boolean =>
    4 * followers.filter(({ text }) => isStart(text)).length > full.length;
  if (mostStart((text) => text.startsWith('[') || known.fit([text]))) return null;
  const prefix = learnPrefix(lines.map(({ text }) => text));
  if (prefix === null) return wrap;
  const pattern = prefixPattern(prefix);
  return mostStart((text) => pattern.test(text)) ? null : wrap;
}

/** The facts about a line that decide whether a mail program cut it. Lengths in UTF-16 units, without quote marks and trailing blanks. */
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

/** The stamp of a kernel's record. */
const stamped = /^(?:<\d+>)?\[ *\d+\.\d{6}\]/;

/** The characters with which a record, or a quotation of one, begins. */
const beforeStamp = Array.from('[<>', (character) => character.charCodeAt(0));

/**
 * The width at which a mail program wrapped the lines, if it did: no line is longer, and in most cases where a line without a
 * stamp follows a kernel's record, its first word would not have fitted on the line of the record.
 */
function wrappedByMail(lines: readonly RawLine[]): Wrap | null {
  const some = lines.filter((line) => line.mayBeginWith(beforeStamp));
  if (some.length < enough) return null;
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

/** How many lines were cut at that width; 0 if it does not explain most of the lines that follow a record. */
function cutAt(
  shapes: readonly Shape[],
  pairs: readonly { line: Shape; next: Shape }[],
  width: number,
): number {
  const possible = pairs.filter(({ line }) => mayBreak(line, width));
  const cut = possible.filter(({ line, next }) => isCut(line, next, width)).length;
  // A line without blanks cannot be cut and stays longer.
  const longer = shapes.filter(({ length }) => length > width).length;
  return 2 * cut > possible.length && cut > longer ? cut : 0;
}

/** Joins lines that were cut. A joined line has the number of its first part. */
export function rejoin(lines: readonly RawLine[], wrap: Wrap): RawLine[] {
  const joined: RawLine[] = [];
  let before: RawLine | undefined;
  for (const line of lines) {
    const last = joined.at(-1);
    if (last !== undefined && goesOn(before, line, wrap)) {
      const text =
        wrap.between === 'words'
          ? `${last.text.trimEnd()} ${own(line.text).trimStart()}`
          : last.text + line.text;
      joined[joined.length - 1] = last.withText(text);
    } else {
      joined.push(line);
    }
    before = line;
  }
  return joined;
}

/** Whether the next line may belong to this one. A line that was padded to the terminal's width ends with a blank. */
export function mayGoOn(line: RawLine | undefined, { width, between }: Wrap): boolean {
  if (line === undefined) return false;
  if (between === 'words') return mayBreak(shapeOf(line), width);
  return line.length === width && line.segments.length === 1 && !line.text.endsWith(' ');
}

function goesOn(line: RawLine | undefined, next: RawLine, wrap: Wrap): boolean {
  if (line === undefined || !mayGoOn(line, wrap) || next.segments.length !== 1) return false;
  return wrap.between === 'characters' || isCut(shapeOf(line), shapeOf(next), wrap.width);
}

/** A mail program can cut at any blank, and leaves at least half a line. */
function mayBreak({ length, isWhole }: Shape, width: number): boolean {
  return isWhole && 2 * length > width && length <= width;
}

/** Whether the first word of the next line would not have fitted on this one. */
function isCut(line: Shape, next: Shape, width: number): boolean {
  const fits = line.length + 1 + next.firstWord <= width;
  return next.firstWord > 0 && !fits && !next.isRecord && next.isWhole;
}

/** The text without the quote marks of a mail. */
function own(text: string): string {
  return text.startsWith('>') ? text.replace(quoting, '') : text;
}

function longest(lengths: readonly number[]): number {
  return lengths.reduce((most, length) => Math.max(most, length), 0);
}
