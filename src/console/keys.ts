const escape = '\u001B';

/** Ctrl is combined with a letter. A terminal sends the same for `ctrl-i` and tab, and for `ctrl-m` and enter. */
const letters = Array.from('abcdefghijklmnopqrstuvwxyz') as Letter[];
type Letter =
  | 'a'
  | 'b'
  | 'c'
  | 'd'
  | 'e'
  | 'f'
  | 'g'
  | 'h'
  | 'i'
  | 'j'
  | 'k'
  | 'l'
  | 'm'
  | 'n'
  | 'o'
  | 'p'
  | 'q'
  | 'r'
  | 's'
  | 't'
  | 'u'
  | 'v'
  | 'w'
  | 'x'
  | 'y'
  | 'z';

const named = {
  enter: '\r',
  escape,
  tab: '\t',
  backspace: '\u007F',
  space: ' ',
  up: `${escape}[A`,
  down: `${escape}[B`,
  right: `${escape}[C`,
  left: `${escape}[D`,
  home: `${escape}[H`,
  end: `${escape}[F`,
  insert: `${escape}[2~`,
  delete: `${escape}[3~`,
  'page-up': `${escape}[5~`,
  'page-down': `${escape}[6~`,
  f1: `${escape}OP`,
  f2: `${escape}OQ`,
  f3: `${escape}OR`,
  f4: `${escape}OS`,
  f5: `${escape}[15~`,
  f6: `${escape}[17~`,
  f7: `${escape}[18~`,
  f8: `${escape}[19~`,
  f9: `${escape}[20~`,
  f10: `${escape}[21~`,
  f11: `${escape}[23~`,
  f12: `${escape}[24~`,
} as const;

/** A key by name: `enter`, `escape`, `up`, `f2`, `ctrl-c`, … */
type KeyName = keyof typeof named | `ctrl-${Letter}`;

/**
 * The bytes that a terminal sends over the serial line for a key, by the key's name. These are xterm's sequences, which Linux
 * expects on a serial console (terminfo `xterm`; a console without a terminfo entry echoes them) and EDK2 understands
 * as its TtyTerm (MdeModulePkg/Universal/Console/TerminalDxe/TerminalConIn.c).
 */
export const keys = Object.freeze({
  ...named,
  ...Object.fromEntries(
    letters.map((letter, index) => [`ctrl-${letter}`, String.fromCharCode(index + 1)]),
  ),
}) as Readonly<Record<KeyName, string>>;

/** All names of keys. */
export const keyNames = Object.keys(keys) as KeyName[];
