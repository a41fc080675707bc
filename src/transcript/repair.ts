/**
 * Colours and cursor movements whose ESC was lost, or written as two characters: terminals' own copy and paste, mail
 * programs and web pages do that. SGR (`m`) also without anything in its place, for nothing else looks like it.
 */
const brokenSequence =
  /(?:\^\[|\\e|\\x1b|\\033|\u241B)\[[\d;?]*[A-Za-z]|\[(?:\d{1,2}(?:;\d{1,3})*)m/g;

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

/** Only these make a line worth a closer look. */
const suspicious = /\[\d[\d;]*m|&[a-z#]|\^\[|\\[ex0]|\u241B/;

/** A line as the machine wrote it, where copying it has damaged it: escape sequences, entities, padding. */
export function repair(text: string): string {
  const trimmed = text.trimEnd();
  if (!suspicious.test(trimmed)) return trimmed;
  return trimmed
    .replace(brokenSequence, '')
    .replace(entity, (whole, name: string) => characters[name] ?? whole)
    .trimEnd();
}
