import type { Hide } from './mark.ts';
import { looksRandom } from './random-words.ts';

const begin = /-----BEGIN [A-Z0-9 ]{1,40}-----/g;
const end = /-----END [A-Z0-9 ]{1,40}-----/;

/** What follows the first line of a block that is cut off: lines, or `\n`, and base64. */
const cutBody = /(?:(?:[ \t]|\r?\n|\\n)*[A-Za-z0-9+/=]{20,76}(?=[\r\n"'\\]|$))*/y;

/** Replaces the bodies of PEM blocks (RFC 7468), also of those without an end. */
export function hidePemBlocks(text: string, hide: Hide): string {
  if (!text.includes('-----BEGIN ')) return text;
  let [result, done] = ['', 0];
  const begins = [...text.matchAll(begin)];
  for (const [index, { 0: header, index: at }] of begins.entries()) {
    const from = at + header.length;
    const next = begins[index + 1]?.index ?? text.length;
    const length = text.slice(from, next).search(end);
    cutBody.lastIndex = from;
    const to = from + (length === -1 ? (cutBody.exec(text)?.[0].length ?? 0) : length);
    result += text.slice(done, from) + hide(text.slice(from, to), 'key');
    done = to;
  }
  return result + text.slice(done);
}

/** Keys of ssh, also without the type in front. What follows is a comment, often `user@host`. */
const sshKey = /(?<![A-Za-z0-9+/])AAAA[A-Za-z0-9+/]{16,}={0,3}(?:[ \t]+[^"'\r\n\\]*)?/g;

/** Host names that ssh hashed in known_hosts. */
const hashedHost = /\|1\|[A-Za-z0-9+/]+=*\|[A-Za-z0-9+/]+=*/g;

/** 32 bytes in base64: keys of WireGuard and Tailscale. */
const base64Key = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=(?![A-Za-z0-9+/=])/g;

/** Replaces keys that are recognised by their shape. */
export function hideKeys(text: string, hide: Hide): string {
  return text
    .replace(sshKey, (found) => hide(found, 'key'))
    .replace(hashedHost, (found) => hide(found, 'host name'))
    .replace(base64Key, (found) => (looksRandom(found) ? hide(found, 'key') : found))
    .replace(/(?<=\b(?:nodekey|privkey|discokey|mkey|tlpub):)[0-9a-f]{64}/g, (found) =>
      hide(found, 'key'),
    );
}

/** The hashes of crypt(5), and of others that look like them. In `$6$salt$hash` the type remains. */
const crypt =
  /(?<=\$)(?:(?<=\$(?:1|5|6|7|y|gy|2[abxy]?|sha1|md5)\$)(?:rounds=\d+\$)?[./0-9A-Za-z]{1,40}\$(?:[./0-9A-Za-z]{1,86}\$)?[./0-9A-Za-z]{20,}|(?<=\$2[abxy]\$)\d\d\$[./0-9A-Za-z]{20,}|(?<=\$(?:argon2\w{0,2}|scrypt|pbkdf2[\w-]{0,12})\$)[\w./$=,+-]{16,})/g;

const grubHash = /(?<=grub\.pbkdf2\.\w{3,10}\.)\d+\.[0-9A-Fa-f.]+/g;

/** Replaces hashes of passwords. */
export function hideHashes(text: string, hide: Hide): string {
  const some = text.includes('$') ? text.replace(crypt, (found) => hide(found, 'hash')) : text;
  return some.replace(grubHash, (found) => hide(found, 'hash'));
}
