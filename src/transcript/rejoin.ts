import type { ConsoleLine } from '../console/lines.ts';
import { learnPrefix, prefixPattern } from './learn-prefix.ts';

/** A narrower terminal is nobody's. Columns. */
const narrowest = 60;

/** As many lines must fill the width before it is taken for one. */
const enough = 3;

/**
 * The width of the terminal that a console was copied from, if it cut long lines there: several lines fill it, none is
 * longer, few are nearly as long, and what follows a full line does not look like the start of one.
 */
export function wrapWidth(lines: readonly ConsoleLine[]): number | null {
  const lengths = lines.map(({ text }) => text.length);
  const width = lengths.reduce((longest, length) => Math.max(longest, length), 0);
  if (width < narrowest) return null;
  const full = lines.filter((line) => isFull(line, width));
  // A program that says the same again and again fills the same width each time.
  const texts = new Set(full.map(({ text }) => text));
  const nearly = lengths.filter((length) => length < width && length >= width - 4);
  if (texts.size < enough || full.length <= 2 * nearly.length) return null;
  const prefix = learnPrefix(lines.map(({ text }) => text));
  const start = prefix === null ? /^\[/ : prefixPattern(prefix);
  const starts = lines.filter(
    ({ text }, index) => isFull(lines[index - 1], width) && start.test(text),
  );
  return starts.length * 4 > full.length ? null : width;
}

/** Puts together what was cut. A line keeps the number it began with. */
export function rejoin(lines: readonly ConsoleLine[], width: number): ConsoleLine[] {
  const joined: ConsoleLine[] = [];
  let open = false;
  for (const line of lines) {
    const last = joined.at(-1);
    if (open && last !== undefined && line.segments.length === 1) {
      const text = last.text + line.text;
      joined[joined.length - 1] = { line: last.line, text, segments: [text] };
    } else {
      joined.push(line);
    }
    open = isFull(line, width);
  }
  return joined;
}

/** Whether the line fills the width. Padding fills it, too, but with blanks. */
export function isFull(line: ConsoleLine | undefined, width: number): boolean {
  return line?.segments.length === 1 && line.text.length === width && !line.text.endsWith(' ');
}
