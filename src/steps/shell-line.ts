/**
 * A line that runs `command` in the shell on the console and then says how it ended, on a line that the signature
 * `step-ended` knows. The shell echoes what is typed, so nothing that is typed may look like a result: the command goes
 * as base64, and the closing words are a format that only printf completes.
 */
export function shellLine(command: string, step: number): string {
  const encoded = Buffer.from(command).toString('base64');
  const ending = String.raw`printf 'kexec-lab: step %d ended with %d\n' ${step} $?`;
  return `sh -c "$(echo ${encoded} | base64 -d)"; ${ending}`;
}

/** The same for a command whose output is wanted: its first line stands behind the exit code. */
export function shellLineWithOutput(command: string, step: number): string {
  const encoded = Buffer.from(command).toString('base64');
  const ending = String.raw`printf 'kexec-lab: step %d ended with %d, printed %s\n' ${step} $? "$o"`;
  return `o="$(sh -c "$(echo ${encoded} | base64 -d)")"; ${ending}`;
}
