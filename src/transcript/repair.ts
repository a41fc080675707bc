import { cleanSegments } from '../console/clean.ts';

/** ESC as two characters or more: terminals' own copy and paste, mail programs and web pages do that. */
const writtenEscape = /(?:\^\[|\\e|\\x1b|\\033|\u241B)(?=\[)/g;

/** Colours whose ESC was lost: SGR (`m`) only, for nothing else looks like it. */
const lostEscape = /\[\d{1,2}(?:;\d{1,3})*m/g;

/** What web pages write for characters that mean something to them. */
const entity = /&(lt|gt|amp|quot|nbsp|#39);/g;
const characters: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  nbsp: ' ',
  '#39': "'",
};

/** What word processors and web pages make of quotes and dashes. */
const typographic: readonly [RegExp, string][] = [
  [/[\u2018\u2019]/g, "'"],
  [/[\u201C\u201D]/g, '"'],
  [/[\u2010-\u2015\u2212]/g, '-'],
];

/** tbot draws the tree of what it does in front of the console's own lines. */
const tree = /^(?:\u2502 *)+(?:<> )?/;

/** `cat -v` shows a carriage return; an editor may have made a tab of the blanks in a time stamp. */
const shownReturn = /\^M$/;
const tabInStamp = /^\[[\t ]*\t[\t ]*(?=\d+\.\d{6}\])/;

/** The kernel's own log, as /dev/kmsg and netconsole's extended form give it: level, number, microseconds, flags. */
const kmsg = /^\d{1,3},\d+,(?<micros>\d+),[-+c](?:,[^;]*)?;/;

/** Only these make a line worth a closer look. */
const suspicious =
  /^\d+,\d+,|^\[ *\t|\[\d[\d;]*m|&[a-z#]|\^[[M]|\\[ex0]|[\u2010-\u201D\u2212\u241B\u2502]/;

/**
 * A line as the machine wrote it, where copying it has damaged it: escape sequences, entities, padding. Never empty; what
 * stood on screen lines of its own is apart again.
 */
export function repair(text: string): string[] {
  const trimmed = text.trimEnd();
  if (!suspicious.test(trimmed)) return [trimmed];
  const mended = typographic
    .reduce((text, [from, to]) => text.replace(from, to), trimmed)
    .replace(shownReturn, '')
    .replace(tabInStamp, '[    ')
    .replace(kmsg, (_, micros: string) => stampOf(Number(micros)))
    .replace(writtenEscape, '\u001B')
    .replace(entity, (whole, name: string) => characters[name] ?? whole)
    .replace(tree, '')
    .trimEnd();
  return cleanSegments(mended).map((segment) => segment.replace(lostEscape, '').trimEnd());
}

function stampOf(micros: number): string {
  return `[${(micros / 1e6).toFixed(6).padStart(12)}] `;
}
