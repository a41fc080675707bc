import stripAnsi from 'strip-ansi';

/** Input is cut here, since stripping escape sequences from very long lines is slow. Characters. */
const longestInput = 4096;

/**
 * Characters that a terminal or a viewer may act on: control, format (bidirectional overrides, zero-width), surrogate and
 * unassigned characters, and the two line separators.
 */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\u2028\u2029]/gu;

/** `##[…]` (GitHub, Azure), `##vso[…]` (Azure) and `##teamcity[…]`: commands anywhere in a line. */
const bracketCommand = /##(?=[\w.-]*\[)/g;

/** `::name::`: a command of GitHub at the beginning of a line, after any spaces. */
const colonCommand = /^(\s*):(?=:)/;

/**
 * Text of a guest or a file as one line that is safe to print anywhere: no escape sequences, no control or invisible
 * characters, and no commands of CI systems. Everything that is printed goes through this function.
 *
 * @param limit in characters; `…` marks where the text was cut
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

/** Lines for a log in which no text is a command to a CI system. */
export function withoutCommands(lines: string): string {
  return lines.replace(bracketCommand, '# #').replace(/^(\s*):(?=:)/gm, '$1: ');
}

/** A value as indented JSON that is safe to print: unsafe characters are written as `\uXXXX`, none is lost. */
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
