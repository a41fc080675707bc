/** How apt says that it never got to talk to a server: nothing there, no way to it, or no such name. */
const unreachable =
  /Could not (?:connect to|resolve) .*|Cannot initiate the connection to .*|Unable to connect to .*|(?:Temporary f|F)ailure resolving .*/;

/** Why a mirror cannot be reached, out of apt's errors; null where that was not the trouble. */
export function unreachableMirror(mirror: string, words: string): string | null {
  const [reason] = unreachable.exec(words) ?? [];
  return reason === undefined
    ? null
    : `the Debian mirror ${mirror} cannot be reached: ${reason.trim()}`;
}
