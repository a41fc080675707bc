/**
 * Compares two versions like `dpkg --compare-versions` (deb-version(7)), for Array.sort: negative if `a` is older than `b`, 0 if
 * they are equal. The versions of QEMU, kexec-tools and Linux sort the same way.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  return (
    left.epoch - right.epoch ||
    compareParts(left.upstream, right.upstream) ||
    compareParts(left.revision, right.revision)
  );
}

/** The upstream part of a Debian version: 2.0.25 of `1:2.0.25-3+deb12u3`. */
export function upstreamVersion(version: string): string {
  return parseVersion(version).upstream;
}

/** `[epoch:]upstream[-revision]` */
function parseVersion(version: string): { epoch: number; upstream: string; revision: string } {
  const [, epoch = '0', upstream = '', revision = ''] =
    /^(?:(\d+):)?(.*?)(?:-([^-]*))?$/s.exec(version) ?? [];
  return { epoch: Number(epoch), upstream, revision };
}

/** Compares runs of other characters and runs of digits in turn. */
function compareParts(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [one = '', other = ''] = [left[index], right[index]];
    const order = index % 2 === 0 ? compareText(one, other) : Number(one) - Number(other);
    if (order !== 0) return order;
  }
  return 0;
}

function partsOf(text: string): string[] {
  return Array.from(text.matchAll(/(\D*)(\d*)/g), ([, other = '', digits = '']) => [
    other,
    digits,
  ]).flat();
}

/** Compares character by character: `~` before the end, the end before letters, letters before all others. */
function compareText(a: string, b: string): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const order = weight(a[index]) - weight(b[index]);
    if (order !== 0) return order;
  }
  return 0;
}

function weight(character: string | undefined): number {
  if (character === undefined) return 0;
  if (character === '~') return -1;
  const code = character.charCodeAt(0);
  return /[A-Za-z]/.test(character) ? code : code + 256;
}
