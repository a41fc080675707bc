import stripAnsi from 'strip-ansi';

/** Where a terminal would begin to write somewhere else: a carriage return, a cursor position, an erased screen. */
const newPosition = /\r+|\u001B\[[\d;]*[HJf]/;

/** Anything but printable ASCII: only then is there something to clean. */
const suspicious = /[^\u0020-\u007E]/;

/** Nothing but printable ASCII and colours, as most lines are that are not plain. */
const coloured = /^(?:[\u0020-\u007E]|\u001B\[[\d;]*m)*$/;
const colour = /\u001B\[[\d;]*m/g;

/** Strings for the terminal itself (APC, DCS, PM, SOS), which CI systems put their time stamps into. */
const strings = /\u001B[_P^X][^\u0007\u001B]*(?:\u0007|\u001B\\)/g;

/** A serial line puts NULs anywhere, also inside of an escape sequence. */
const nul = /\0/g;

/** Blanks that do not break, as mail programs and web pages write them. */
const otherBlanks = /[\u00A0\u2007\u202F]/g;

/** Control characters but the tab, and characters that only steer how others are shown. */
const invisible = /[^\P{Cc}\t]|[\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * Cleans one raw console line and cuts it into what stood on screen lines of its own. Escape sequences, control
 * characters and invisible format characters are gone; never empty (an empty line is `['']`).
 */
export function cleanSegments(raw: string): string[] {
  const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
  if (!suspicious.test(line)) return [line];
  if (coloured.test(line)) return [line.replace(colour, '')];
  const segments = line
    .replace(nul, '')
    .replace(strings, '')
    .split(newPosition)
    .map((segment) => stripAnsi(segment).replace(invisible, '').replace(otherBlanks, ' '))
    .filter((segment) => segment !== '');
  return segments.length === 0 ? [''] : segments;
}
