import { UsageError } from '../errors.ts';

/** The lines of an input that say something: no blank ones and no comments (`#` at the start). */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/**
 * The words of an input, on any number of lines. Blanks separate words; quotes of either kind keep blanks in a word; a
 * word that begins with `#` begins a comment. Nothing is expanded.
 * @throws UsageError for a quote without its end, with the number of the line
 */
export function wordsOf(text: string): string[] {
  return text.split('\n').flatMap((line, index) => wordsOfLine(line, index + 1));
}

const word = /(?:"[^"]*"|'[^']*'|[^\s"'])+/y;

function wordsOfLine(line: string, number: number): string[] {
  const words: string[] = [];
  for (let at = 0; ; at = word.lastIndex) {
    at += /^\s*/.exec(line.slice(at))?.[0].length ?? 0;
    if (at === line.length || line[at] === '#') return words;
    word.lastIndex = at;
    const [found] = word.exec(line) ?? [''];
    if (found === '' || /["']/.test(line[word.lastIndex] ?? '')) {
      throw new UsageError(`line ${number} has a quote without its end`, {
        hint: 'Put a word with spaces between two quotes of the same kind.',
      });
    }
    words.push(found.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
  }
}
