/** One word of a POSIX shell command, quoted only if necessary. */
export function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * A command that can be read and pasted into a shell: the program, then one option with its value per line.
 */
export function formatCommandLine(binary: string, argv: readonly string[]): string {
  const separator = (word: string): string => (word.startsWith('-') ? ' \\\n  ' : ' ');
  return argv.reduce(
    (command, word) => command + separator(word) + shellQuote(word),
    shellQuote(binary),
  );
}
