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

/**
 * A line that runs `command` in the shell on the console and then prints its exit code, on a line that the signature
 * `step-ended` recognises. The shell echoes what is typed, so the typed text must not look like a result: the command is
 * encoded in base64, and printf fills in the closing line.
 */
export function shellLine(command: string, step: number): string {
  const encoded = Buffer.from(command).toString('base64');
  const ending = String.raw`printf 'kexec-lab: step %d ended with %d\n' ${step} $?`;
  return `sh -c "$(echo ${encoded} | base64 -d)"; ${ending}`;
}

/** The same for a command whose output is needed: the output follows the exit code. */
export function shellLineWithOutput(command: string, step: number): string {
  const encoded = Buffer.from(command).toString('base64');
  const ending = String.raw`printf 'kexec-lab: step %d ended with %d, printed %s\n' ${step} $? "$o"`;
  return `o="$(sh -c "$(echo ${encoded} | base64 -d)")"; ${ending}`;
}
