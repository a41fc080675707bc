/** What ssh's own log (`ssh -E FILE -o LogLevel=DEBUG1`) tells of a connection. */
export type SshLog = {
  /** Whether the server let us in; the command has been started then. */
  authenticated: boolean;
  /** The command's exit code; null where ssh never heard of it. */
  exitCode: number | null;
  /** What ssh says of the connection besides, its errors among it. */
  words: string;
};

/** Reads the log; null where ssh did not get so far as to write one. Messages are those of OpenSSH 8.4 to 10. */
export function readSshLog(log: string): SshLog | null {
  const lines = log.split('\n').map((line) => line.trimEnd());
  if (!lines.some((line) => line.startsWith('debug1: '))) return null;
  const exit = lines
    .flatMap((line) => /^debug1: Exit status (-?\d+)$/.exec(line)?.[1] ?? [])
    .at(-1);
  // A command that a signal ended has no exit code; the client's is -1 then, and ssh's own 255.
  const exitCode = exit === undefined ? null : Number(exit);
  return {
    authenticated: lines.some((line) =>
      /^(Authenticated to |debug1: Authentication succeeded)/.test(line),
    ),
    exitCode: exitCode === null || exitCode < 0 ? null : exitCode,
    words: lines.filter((line) => line !== '' && !isChatter(line)).join('\n'),
  };
}

function isChatter(line: string): boolean {
  return /^(debug\d: |OpenSSH_|Authenticated to |Transferred: |Bytes per second: |Warning: Permanently added )/.test(
    line,
  );
}
