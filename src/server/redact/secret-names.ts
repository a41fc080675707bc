/**
 * Whether the name of a variable, an option or a field says that its value is a secret. A weak name has other meanings, too
 * (`key` of a keyboard, `pass` of a test), and counts only at the end of a longer name.
 */
export type Strength = 'strong' | 'weak' | null;

const strong =
  /^(?:passwords?|passwd|passwort|passphrases?|passcode|psk|pwd|secrets?|tokens?|credentials?|creds|bearer|apikeys?|authkeys?)$/;
const weak = /^(?:keys?|pass|pw|pin|cred|cookie)$/;

/** Words that end in a secret: `rootpw`, `dbpassword`, `privatekey`. */
const compound =
  /(?:passwords?|passwd|passphrase|secrets?|tokens?|credentials?)$|^(?:auth|api|access|secret|private|priv|preshared|shared|encryption|signing|wep|wpa|wg|license)keys?$|^(?:root|user|db|admin|my|ftp|http|https|smtp|mysql|proxy|ssh|login|bind|bot|rd|wifi|wpa|luks|disk|grub|sudo|bios)(?:pass|pw|pwd)$/;
const weakCompound =
  /^(?:ssh|master|host|luks|crypt|client|account|session|user|root|admin|deploy|server|ts|node|disk|volume|boot)keys?$/;

/** A name that ends in one of these is about a secret: where it is, how long it is, whether it is wanted. */
const about =
  /^(?:files?|path|dir|directory|script|size|slots?|type|format|timeouts?|length|len|bits|algorithm|algo|cipher|prompt|tries|count|map|ring|board|urls?|uri|min|max|policy|rotation|expires?|expiry|expiration|ttl|usage|command|cmd|name|mode|offset|interval|delay|retries|required|enabled|allowed|agent|method|authentication|echo|cache|fd|service|socket|target|timer|mount|device|slice|scope|conf|sh|py|c|h|ko|rules|log|md|txt|hook|generator|unit|event|events|pressed|up|down|program|function|username|user|press|authmethod|algs)$/;

/** Names of the kernel's configuration, of keys of a keyboard, and of a word that kernel-install puts into names. */
const innocent =
  /^(?:CONFIG_|KEYBOARD_|KEY_|XKB|Handle[A-Z]|(?:Load|Import|Condition|Assert)Credential)|(?:^|[._-])entry[_-]?token$/i;

const known = new Map<string, Strength>();

/** Names come from outside, so only so many are remembered. */
const mostKnown = 10_000;

export function strengthOf(name: string): Strength {
  let found = known.get(name);
  if (found === undefined) {
    found = judge(name);
    if (known.size < mostKnown) known.set(name, found);
  }
  return found;
}

function judge(name: string): Strength {
  if (innocent.test(name)) return null;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .split(/[._-]+/)
    .map((word) => (/^\d+$/.test(word) ? word : word.replace(/\d+$/, '')))
    .filter((word) => word !== '');
  if (about.test(words.at(-1) ?? '')) return null;
  const pairs = words.slice(1).map((word, at) => `${words[at] ?? ''}${word}`);
  if ([...words, ...pairs].some((word) => strong.test(word) || compound.test(word)))
    return 'strong';
  const last = words.findLast((word) => !/^\d+$/.test(word)) ?? '';
  return weak.test(last) || weakCompound.test(last) ? 'weak' : null;
}
