import { UsageError } from '../../errors.ts';
import type { ByteReader } from '../../formats/archive.ts';
import type { CpioMember } from '../../formats/cpio.ts';
import { compressions } from '../../formats/decompress.ts';
import { formatOf } from '../../formats/magic.ts';
import { isGeneric } from './host-names.ts';
import { isCommonPath, isHarmlessArchive, isSecretPath } from './initrd-paths.ts';
import type { Redactor } from './redact.ts';

/** Longest text that is redacted. Bytes. */
const longestText = 2 ** 20;

/** Bytes that are searched at a time, and those of them that are searched again with the next: longer than a private key. */
const piece = 2 ** 22;
const overlap = 2 ** 15;

/** Bytes to write into the unpacked archive, at a place in it; null stands for `x` repeated. */
export type Patch = { at: number; length: number; data: Buffer | null };

export type Examined = {
  patches: Patch[];
  /** Whether it is, or contains, a file that cannot be examined: an archive in the archive, a very large text. */
  isOpaque: boolean;
};

const regularFile = 0o100000;
const typeBits = 0o170000;

/** Examines the members of one initrd. It remembers the names of hard links, of which only the last has the content. */
export class MemberExaminer {
  readonly #redactor: Redactor;
  readonly #secretLinks = new Set<string>();

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** What is to be blanked in a member and its name. The reader is at its content, and reads as much as it needs. */
  async examine(member: CpioMember, reader: ByteReader): Promise<Examined> {
    const patches = namePatch(member, this.#redactor);
    if ((member.mode & typeBits) !== regularFile) return { patches, isOpaque: false };
    const start = await reader.peek(Math.min(member.size, longestText + 1));
    const isLinked = member.links > 1;
    const isSecret =
      isSecretPath(member.name, start) || (isLinked && this.#secretLinks.has(member.inode));
    if (isLinked && isSecret) this.#secretLinks.add(member.inode);
    if (member.size === 0) return { patches, isOpaque: false };
    if (isSecret || isKey(start)) {
      patches.push(...blankAll(member, start));
    } else if (isCommonPath(member.name) || start.includes(0) || start.length > longestText) {
      if (!isLibrary(member, start)) patches.push(...(await privateKeysIn(member, reader)));
      return { patches: withSum(member, start, patches), isOpaque: isOpaque(member, start) };
    } else {
      const data = redactText(member, start, this.#redactor);
      if (!data.equals(start)) patches.push({ at: member.contentAt, length: data.length, data });
    }
    return { patches: withSum(member, start, patches), isOpaque: false };
  }
}

/** Names of files contain machine ids and hardware addresses. */
function namePatch({ name, nameAt }: CpioMember, redactor: Redactor): Patch[] {
  const changed = redactor.path(name);
  if (changed === name || name.includes('\ufffd')) return [];
  const data = Buffer.from(changed);
  return [{ at: nameAt, length: data.length, data }];
}

/** Everything except the ends of lines, which scripts count. A file of marks is left alone. */
function blankAll({ contentAt, size }: CpioMember, start: Buffer): Patch[] {
  if (size > start.length) return [{ at: contentAt, length: size, data: null }];
  const data = Buffer.from(start.toString('latin1').replace(/[^\n]/g, 'x'), 'latin1');
  return data.equals(start) ? [] : [{ at: contentAt, length: size, data }];
}

/** The private formats of OpenSSH and dropbear; the latter starts with the length of the type's name. */
function isKey(content: Buffer): boolean {
  const start = content.toString('latin1', 0, 40);
  return (
    start.startsWith('openssh-key-v1\0') || /^\0\0\0[\x07-\x20](?:ssh-|ecdsa-sha2-)/.test(start)
  );
}

function redactText(member: CpioMember, content: Buffer, redactor: Redactor): Buffer {
  const file = /(?:^|\/)etc\/(shadow-?|gshadow-?|passwd-?|hostname|hosts)$/.exec(member.name)?.[1];
  const text = content.toString('latin1');
  const own = file === undefined ? text : redactSystemFile(file, text);
  return redactor.bytes(own === text ? content : Buffer.from(own, 'latin1')).data;
}

/** Files whose secrets only their names show. */
function redactSystemFile(file: string, text: string): string {
  const mark = (found: string) => 'x'.repeat(found.length);
  const markName = (name: string) =>
    isGeneric(name) || /^(?:ip6-|x+$)/.test(name) ? name : mark(name);
  if (file === 'hostname') return text.replace(/^[^#\r\n]+/gm, markName);
  if (file === 'hosts')
    return text.replace(
      /^([ \t]*[\w.:]+[ \t]+)([^#\r\n]+)/gm,
      (_, address: string, names: string) => address + names.replace(/[^ \t]+/g, markName),
    );
  // Hashes of crypt(3), also old ones without a type.
  return text.replace(
    /^([\w.-]+:!?)([^:\r\n]{10,})(?=:)/gm,
    (_, user: string, hash: string) => user + mark(hash),
  );
}

const privateKey =
  /(?<=-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----)[ \t]*\r?\n[A-Za-z0-9+/=:,\r\n -]{40,}/g;

/** Whether it is a shared library. GnuTLS has the private keys of its self-test in it. */
function isLibrary({ name }: CpioMember, start: Buffer): boolean {
  return formatOf(start, ['elf']) !== undefined && /\.so(?:\.\d+)*$/.test(name);
}

/** Private keys (PEM) anywhere in a large or binary file. A program that names the format is left as it is. */
async function privateKeysIn(member: CpioMember, reader: ByteReader): Promise<Patch[]> {
  const patches = new Map<number, Patch>();
  const end = member.contentAt + member.size;
  for (;;) {
    const at = reader.position;
    const data = await reader.peek(Math.min(piece, end - at));
    if (data.includes('-----BEGIN '))
      for (const { 0: found, index } of data.toString('latin1').matchAll(privateKey)) {
        if (/^[x\s-]*$/.test(found)) continue;
        const marked = Buffer.from(found.replace(/[^\r\n]/g, 'x'), 'latin1');
        patches.set(at + index, { at: at + index, length: marked.length, data: marked });
      }
    if (at + data.length >= end || data.length <= overlap) return [...patches.values()];
    await reader.skip(data.length - overlap);
  }
}

/** Whether a file may hide files or texts that were not searched. */
function isOpaque({ name, size }: CpioMember, start: Buffer): boolean {
  if (isCommonPath(name) || isHarmlessArchive(name)) return false;
  const archives = ['tar', 'zip', 'newc', 'newcWithChecksums', 'ext', 'qcow2', 'gpt'] as const;
  if (formatOf(start, [...compressions, ...archives]) !== undefined) return true;
  if (start.toString('latin1', 0, 4) === 'hsqs') return true;
  return size > longestText && !start.includes(0);
}

/** Adds the patch of the checksum in an archive that has them. Only small members are blanked in one. */
function withSum(
  { name, sumAt, contentAt, size }: CpioMember,
  start: Buffer,
  patches: Patch[],
): Patch[] {
  const content = patches.filter(({ at }) => at >= contentAt);
  if (sumAt === null || content.length === 0) return patches;
  if (size > start.length) throw new UsageError(`has a checksum of a large secret (${name})`);
  const changed = Buffer.from(start);
  for (const { at, data } of content) data?.copy(changed, at - contentAt);
  const sum = changed.reduce((total, byte) => (total + byte) % 2 ** 32, 0);
  const data = Buffer.from(sum.toString(16).padStart(8, '0'));
  return [...patches, { at: sumAt, length: data.length, data }];
}
