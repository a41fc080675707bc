import { isInnocent } from './innocent-values.ts';
import { changeLines } from './lines.ts';
import type { Hide } from './mark.ts';
import { strengthOf } from './secret-names.ts';

/**
 * A name and what separates it from its value: `name=`, `name = `, `name: `, `"name": `, `\"name\":`, `name =>`, `<name>`,
 * `--name `. The name starts at the start of a word, so each word is tried once.
 */
const named =
  /(?<![\w.-])(-{0,2}[A-Za-z_][\w.-]{0,120})(?:(\\?["'])?([ \t]{0,8}(?:=>|[:+?]?={1,2}|:)[ \t]{0,64})|([ \t]+)|(>))/g;

/** A line with nothing other than a name and its value: `password hunter2`. */
const line = /^[ \t]*(?:[-#;*>]+[ \t]*)?(?:(?:export|set|setenv|declare|readonly)[ \t]+)?["']?$/;

/** What precedes an assignment whose quotes contain only that assignment. */
const oneAssignment = /(?:^|[ \t])(?:Environment=|export |env |-e |--env[ =])["']$/;

/** What follows `passwd:` in messages of passwd, and in nsswitch.conf(5). */
const sentence = /^(?:[A-Za-z]+ [a-z]|(?:files|compat|db|nis|sss|systemd|ldap|winbind)\b)/;

type Place = { start: number; end: number };

type Found = {
  at: number;
  /** Where the value starts. */
  valueAt: number;
  separator: string;
  /** The name is the first word of its line. */
  startsLine: boolean;
  before: string;
  isOption: boolean;
};

/** Longest value that is found. Characters. */
const longestValue = 65_536;

/** A part of every name that promises a secret. */
const stem = /pass|pwd|psk|secret|token|key|cred|pw|pin|bearer|cookie/gi;

/** Replaces the values whose names promise a secret, in every syntax in which names have values. */
export function hideKeyedValues(text: string, hide: Hide): string {
  // NUL ends a text in a binary file.
  return changeLines(text, stem, (line) =>
    line
      .split(/([\r\0])/)
      .map((part) => hideInLine(part, hide))
      .join(''),
  );
}

function hideInLine(text: string, hide: Hide): string {
  let done = 0;
  let result = '';
  named.lastIndex = 0;
  for (let match = named.exec(text); match !== null; match = named.exec(text)) {
    const [whole, written = '', quote, separator, blanks, tag] = match;
    const isOption = written.startsWith('-');
    const name = written.replace(/^-+/, '');
    const strength = strengthOf(name);
    // `--key value` is searched again inside: the value may be the next name.
    if (blanks !== undefined && strength === null) continue;
    if (strength === null || name === '') continue;
    const before = text.slice(Math.max(0, match.index - 200), match.index);
    const startsLine = match.index < 200 && line.test(before);
    const found: Found = {
      at: match.index,
      valueAt: match.index + whole.length,
      separator: (separator ?? (tag === undefined ? ' ' : tag)).trim(),
      startsLine,
      before,
      isOption,
    };
    if (isUnsuitable(found, written, strength, text, quote !== undefined)) continue;
    const place = valueOf(text, found, quote !== undefined);
    const value = text.slice(place.start, place.end);
    const isDefault = before.endsWith('${');
    const inProse = found.separator === ':' && !startsLine && !isDefault && quote === undefined;
    if (isInnocent({ value, strength, inProse })) continue;
    const mark = hide(value, 'password');
    result += text.slice(done, place.start) + mark;
    done = place.end;
    named.lastIndex = Math.max(named.lastIndex, place.end);
  }
  return done === 0 ? text : result + text.slice(done);
}

function isUnsuitable(
  { at, valueAt, separator, startsLine, before, isOption }: Found,
  written: string,
  strength: 'strong' | 'weak',
  text: string,
  isQuoted: boolean,
): boolean {
  const next = text.charAt(valueAt);
  // A regular expression, and an attribute in XML.
  if (before.endsWith('^') || (strength === 'weak' && /<[\w:-]+ $/.test(before))) return true;
  if (separator === '') {
    if (!/[\w"'+/=.!@#%^*~?]/.test(next)) return true;
    // An option, or a line with only a name and one word.
    if (isOption) return strength === 'weak' && !written.startsWith('--');
    if (written.startsWith('systemd-')) return true;
    const rest = /^[^ \t\r\n]+[ \t]*(?=[\r\n]|$)/.test(text.slice(valueAt, valueAt + 300));
    return !(startsLine && strength === 'strong' && rest);
  }
  if (separator === '>') return text.charAt(at - 1) !== '<';
  // `--option= ` in a sentence, `'name='`, and a comparison of a shell variable.
  if (isOption && /[ \t]/.test(text.charAt(valueAt - 1)) && separator === '=') return true;
  if (/["']$/.test(before) && !isQuoted && next === before.slice(-1)) return true;
  if (before.endsWith('$') && (separator === '==' || /\[|\btest\b|\bif\b/.test(before)))
    return true;
  if (separator === ':' && !isQuoted) {
    // A message about a file or of passwd, `a::b`, and the subject of a certificate that the kernel names.
    if (text.charAt(at - 1) === '/' || next === ':') return true;
    if (written === 'passwd' && sentence.test(text.slice(valueAt, valueAt + 100))) return true;
    if (/kernel $/.test(before) && /^key$/.test(written)) return true;
    // `${NAME:+word}`; the default in `${NAME:-word}` may be a secret.
    if (before.endsWith('${')) return next !== '-';
  }
  return false;
}

/** Where a value starts and ends, without its quotes. */
function valueOf(text: string, found: Found, isQuoted: boolean): Place {
  const { valueAt, separator, startsLine, before, isOption } = found;
  const rest = text.slice(valueAt, valueAt + longestValue);
  if (separator === '>') return within(valueAt, /^[^<]*/.exec(rest)?.[0]);
  if (before.endsWith('${')) return within(valueAt + 1, /^-([^}]*)/.exec(rest)?.[1]);
  const opening = /^(?:\\?["']|`)/.exec(rest)?.[0];
  if (opening !== undefined) {
    const from = opening.length;
    return { start: valueAt + from, end: valueAt + closing(rest, from, opening) };
  }
  const list = /^[[(]([^\])]*)/.exec(rest)?.[1];
  if (list !== undefined && !rest.startsWith('(n')) return within(valueAt + 1, list);
  const outer = /["']$/.exec(before)?.[0];
  if (!isQuoted && outer !== undefined && oneAssignment.test(before))
    return { start: valueAt, end: valueAt + closing(rest, 0, outer) };
  const word = wordIn(rest, before.endsWith(','));
  if (isOption || !startsLine || isQuoted || outer !== undefined) return within(valueAt, word);
  // `password: several words`, but not `PASSWORD=word command --option`.
  const all = rest.replace(/[ \t]+(?:#.*)?$/, '').replace(/[ \t]+#.*$/, '');
  const more = all.slice(word.length);
  const isPhrase = separator === ':' || !/[=;|&<>/$`]|[ \t]-/.test(more);
  return within(valueAt, isPhrase && /^[ \t]/.test(more) ? all : word);
}

function within(start: number, value = ''): Place {
  return { start, end: start + value.length };
}

/** Where a quoted text ends: before the quote that closes it, otherwise at the end of the line. */
function closing(rest: string, from: number, quote: string): number {
  for (let at = rest.indexOf(quote, from); at !== -1; at = rest.indexOf(quote, at + 1)) {
    if (quote.startsWith('\\') || rest.charAt(at - 1) !== '\\' || at === from) return at;
  }
  return rest.length;
}

/** A word that is not quoted. A comma ends it before the next option of a list, `&` before the next field of a query. */
function wordIn(rest: string, inList: boolean): string {
  const word = /^[^ \t]*/.exec(rest)?.[0] ?? '';
  const ends = inList ? /,/ : /,(?=[\w.-]+=)/;
  return word
    .replace(
      new RegExp(`(?:${ends.source}|&(?=[\\w.-]+=|&|$)|\\\\?["'\`](?=[\\s;,)}\\]\\\\]|$)).*$`),
      '',
    )
    .replace(/[)\]}>;,.]+$/, '');
}
