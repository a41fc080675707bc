import type { Signal } from '../model/boot.ts';
/** A line of a program that no signature knows. */
type Line = { line: number; text: string };

/** Whether an init has ended by itself, and not well: the low byte of a wait status is the signal it was killed by. */
export function gaveUp({ exitcode = '0' }: Record<string, string>): boolean {
  return Number(exitcode) !== 0 && (Number(exitcode) & 0x7f) === 0;
}

/** Whether a command line calls kexec, or has systemd call it. Other words that begin so are packages and other programs. */
export function typesKexec(command: string): boolean {
  return !asks.test(command) && kexec.test(command);
}

const kexec = /(?:^|[\s;&|/('"`])kexec(?:$|[\s;&|)'"`]|\.(?:target|service))/;

/** Programs that are asked about it. */
const asks =
  /^(?:sudo )?(?:man|apt\S*|dnf|yum|apk|pacman|rpm|dpkg|which|whereis|type|command|file|ls|cat|grep|echo)\s/;

/** What any program says that does not do what it was told to. */
export const complains =
  /\b(?:[Ff]ail(?:ed|ure)|[Ee]rror|[Cc]annot|[Cc]an't|[Cc]ould not|[Uu]nable|[Rr]efus\w+|[Dd]enied|[Nn]ot (?:found|loaded|permitted|supported|allowed|implemented|enough)|[Nn]o such|[Ii]nvalid|[Uu]nsupported|[Aa]borted|[Rr]ejected|[Kk]illed|[Ss]egmentation fault)\b/;

export function complaintOf(program: Line): Signal {
  const words = wordsOf(program);
  return { ...words, signature: 'kexec-complaint', captures: { reason: words.text } };
}

export function wordsOf({ line, text }: Line): Signal {
  return { signature: 'last-words', line, text: text.trimEnd(), captures: {}, guestSeconds: null };
}
