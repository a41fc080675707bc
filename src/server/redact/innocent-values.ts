import { isMarked } from './mark.ts';
import { looksRandom } from './random-words.ts';
import type { Strength } from './secret-names.ts';

/** Words that configure instead of unlocking, and placeholders. */
const words =
  /^(?:yes|no|true|false|on|off|none|null|nil|auto|required|optional|ask|prompt|enabled?|disabled?|never|always|[ymn]|undefined|unset|unknown|\(null\)?|\(none\)?|<\/?[a-z][\w /-]*>?|-|\*+|\d)$/i;

/** The same for names with other meanings. As a password, these are bad ones. */
const weakWords = /^(?:default|value|any|all|literal|empty|machine-id|os-id)$/i;

/** The first words of error messages, as after `Failed to read password:`. */
const errors =
  /^(?:timer|connection|operation|permission|invalid|no|not|input\/output|function|resource|device|file|interrupted|broken|required|bad|unknown|cannot|can't|failed|failure|command|not|is|are|was|deactivated|succeeded|starting|started|stopped)$/i;

/** A path, a file of keys, a variable, a specifier of systemd, a file system, a regular expression, or `****`. */
const places =
  /^(?:\.{0,2}\/|~\/|file:|[\w=-]*:\/|\\?\$(?:[A-Za-z_{(@*#?!]|\d(?:$|["';)}]))|%[a-zA-Z](?:$|\/)|`|(?:PART)?(?:UUID|LABEL)=|[\w.]+=["']?\$|\^ ?$|\[\^|\.\*|\*\*|[\w.-]+\.(?:key|pem|pub|gpg|asc|der|crt|cer|keyfile|bin|img|jwe|luks|txt)(?::|$))/i;

/** Which value is judged: without its quotes. */
export type Candidate = {
  value: string;
  strength: NonNullable<Strength>;
  /** `key: value` in the middle of a line, where prose is frequent. */
  inProse: boolean;
};

/** Whether the value of a name that promises a secret is none. */
export function isInnocent({ value, strength, inProse }: Candidate): boolean {
  if (value === '' || isMarked(value) || words.test(value)) return true;
  // A key in base64 may start with a slash.
  if (places.test(value)) return !looksRandom(value.slice(1));
  if (inProse && errors.test(value)) return true;
  if (strength === 'strong') return false;
  if (weakWords.test(value)) return true;
  if (/^(?:0x[0-9a-f]{1,8}|\d{1,3}|[a-z]+:\/\/.*)$|\$\{?[A-Za-z_]/i.test(value)) return true;
  if (!inProse) return false;
  const isMixed = /\d/.test(value) && /[a-z]/i.test(value) && value.length >= 8;
  return !isMixed && !(value.length >= 16 && !/^[a-z-]+$/.test(value));
}
