import stripAnsi from 'strip-ansi';

/** Longer than any line a person reads; shorter than what could make stripping slow. */
const longestInput = 4096;

/**
 * Control, format (bidirectional overrides, zero-width), surrogate and unassigned characters, and the two separators
 * that break lines: all that a terminal or a viewer may act on instead of showing it.
 */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\u2028\u2029]/gu;

/** `##[…]` (GitHub, Azure), `##vso[…]` (Azure) and `##teamcity[…]`: obeyed wherever in a line they stand. */
const bracketCommand = /##(?=[\w.-]*\[)/g;

/** `::name::`, which GitHub obeys at the beginning of a line, spaces or not. */
const colonCommand = /^(\s*):(?=:)/;

/**
 * Text of a guest's (or of a file's) as one line that is safe to print anywhere: no escape sequences, no control or
 * invisible characters, and nothing that a CI system's log reader would take for a command. The one wall all printing
 * goes through.
 *
 * @param limit most characters of the result; what is cut off is marked by `…`
 */
export function printable(text: string, limit = 400): string {
  const clean = stripAnsi(text.slice(0, longestInput))
    .replaceAll('\t', ' ')
    .replace(unsafe, '\uFFFD')
    .replace(bracketCommand, '# #')
    .replace(colonCommand, '$1: ');
  return cut(clean, text.length > longestInput ? Math.min(limit, longestInput) : limit);
}

/** Several lines, each made printable. */
export function printableLines(text: string): string {
  return text
    .split('\n')
    .map((line) => printable(line, longestInput))
    .join('\n');
}

/** Lines for a log in which there is nothing that a CI system would obey, wherever the text in it comes from. */
export function withoutCommands(lines: string): string {
  return lines.replace(bracketCommand, '# #').replace(/^(\s*):(?=:)/gm, '$1: ');
}

/** A value as indented JSON that is safe to print and loses nothing: what is unsafe is written as `\uXXXX`. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2)
    .replace(bracketCommand, '\\u0023#')
    .split('\n')
    .map((line) => line.replace(unsafe, escapeUnits))
    .join('\n');
}

/** At most `limit` characters, ending in `ellipsis` where something is missing. */
export function cut(text: string, limit: number, ellipsis = '…'): string {
  if (text.length <= limit) return text;
  const characters = Array.from(text);
  if (characters.length <= limit) return text;
  return `${characters.slice(0, Math.max(0, limit - ellipsis.length)).join('')}${ellipsis}`;
}

function escapeUnits(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}
