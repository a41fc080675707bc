import type { Hide } from './mark.ts';

/** Shortest word that is examined. Characters. */
const shortest = 20;

const word = /(?<![A-Za-z0-9+/_.~\\-])[A-Za-z0-9+_][A-Za-z0-9+/_-]{19,}={0,2}/g;

/** Words that look random and are none: UUIDs, also of LVM, the ids of disks, places in functions of the kernel and of iPXE,
 * and aliases of modules. */
const known =
  /^(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[A-Za-z0-9]{6}-(?:[A-Za-z0-9]{4}-){5}[A-Za-z0-9]{6}|(?:LVM|dm|lvm|md|ata|nvme|scsi|wwn|usb|virtio|mmc|google|CRYPT|DMRAID|mpath)-.*|0x[0-9a-f]+|PMM\+.*|v[0-9a-f]{8}d[0-9a-f]{8}.*|v[0-9a-f]{4}p[0-9a-f]{4}.*|b[0-9a-f]{4}v[0-9a-f]{4}.*|.*\+0x[0-9a-f]+(?:\/0x[0-9a-f]+)?$)/i;

/** Digests: in a path, after the name of their kind, in the output of sha256sum, or of a certificate. */
const digest =
  /(?:[/@]|hash[=:]["']?|sha\d+[=:-]|digest[=:] ?|hash: \w+:|bin:|tbs:|buildid=|commit )$/i;

/** Replaces long words that look random: keys and tokens that nothing else shows. */
export function hideRandomWords(text: string, hide: Hide): string {
  return text.replace(word, (found, at: number) => {
    if (known.test(found)) return found;
    if (/^[0-9a-f]+$/i.test(found)) {
      // Shorter ones are addresses, features and build ids.
      if (found.length < 48 || /^[0-9]+$|^(.)\1*$/.test(found)) return found;
      const before = text.slice(Math.max(0, at - 20), at);
      if (digest.test(before)) return found;
      if (/(?:^|\n)$/.test(before) && /^ [ *]/.test(text.slice(at + found.length))) return found;
      return hide(found, 'random word');
    }
    // Parts that are numbers of their own: `nn-0x200400a098d85236`, `git-6b6c16b4b4076350`.
    const rest = found.replace(/(?<![A-Za-z0-9])(?:0x)?[0-9a-f]{4,40}(?![A-Za-z0-9])/gi, '');
    return looksRandom(rest) ? hide(found, 'random word') : found;
  });
}

/**
 * Whether a word consists of random letters and digits. In those, lower case, upper case and digits follow one another all
 * the time: in base64 at 64 % of the characters, in lower case with digits at 40 %. In words and identifiers, they do so at
 * less than 25 %.
 */
export function looksRandom(found: string): boolean {
  if (found.length < shortest || !/\d/.test(found)) return false;
  let [changes, pairs] = [0, 0];
  let last = '';
  for (const character of found.replace(/=+$/, '')) {
    const kind = kindOf(character);
    if (kind !== '' && last !== '') {
      pairs++;
      if (kind !== last) changes++;
    }
    last = kind;
  }
  const isMixed = /[A-Z]/.test(found) && /[a-z]/.test(found);
  // Names are cut by hyphens and slashes; in base64, these are rare.
  const parts = found.split(/[-_/+=]+/).map((part) => part.length);
  if (parts.length - 1 > found.length / 8) return false;
  if (Math.max(...parts) < (isMixed && found.length >= 32 ? 12 : 16)) return false;
  // Names of products: `ALTRAD8UD-1L2T/ALTRAD8UD-1L2T`.
  if (!/[a-z]/.test(found) && parts.length > 1) return false;
  const hasMarks = /x{6}/.test(found);
  return !hasMarks && changes / Math.max(1, pairs) >= (isMixed ? 0.4 : 0.3);
}

function kindOf(character: string): string {
  if (character >= '0' && character <= '9') return 'digit';
  if (character >= 'a' && character <= 'z') return 'lower';
  return character >= 'A' && character <= 'Z' ? 'upper' : '';
}
