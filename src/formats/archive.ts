import { hasMagic } from './magic.ts';
/** Reads a stream in pieces of any length. Buffers at most one chunk more than was asked for. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes read or skipped so far. */
  position = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Consumes the next bytes. Returns fewer only at the end of the stream. */
  async read(length: number): Promise<Buffer> {
    const bytes = await this.peek(length);
    this.#rest = this.#rest.subarray(bytes.length);
    this.position += bytes.length;
    return bytes;
  }

  /** Returns the next bytes without consuming them; fewer only at the end of the stream. */
  async peek(length: number): Promise<Buffer> {
    const pieces = [this.#rest];
    let held = this.#rest.length;
    while (held < length) {
      const next = await this.#next();
      if (next === null) break;
      pieces.push(next);
      held += next.length;
    }
    if (pieces.length > 1) this.#rest = Buffer.concat(pieces);
    return this.#rest.subarray(0, length);
  }

  /** Skips bytes. Returns how many there were. */
  async skip(length: number): Promise<number> {
    let left = length;
    while (left > this.#rest.length) {
      left -= this.#rest.length;
      const next = await this.#next();
      this.#rest = next ?? Buffer.alloc(0);
      if (next === null) {
        this.position += length - left;
        return length - left;
      }
    }
    this.#rest = this.#rest.subarray(left);
    this.position += length;
    return length;
  }

  /** Ends the stream early. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #next(): Promise<Buffer | null> {
    const next = await this.#chunks.next();
    if (next.done === true) return null;
    return Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
  }
}

/** The types of members in a tar archive. */
type MemberKind = 'file' | 'hard link' | 'link' | 'directory' | 'named pipe' | 'device';

export type TarMember = {
  /** As written in the archive. */
  name: string;
  kind: MemberKind;
  /** Bytes of content. */
  size: number;
  /** The target of a link. */
  target: string;
};

const kinds: Record<string, MemberKind> = {
  '\0': 'file',
  '0': 'file',
  '7': 'file',
  '1': 'hard link',
  '2': 'link',
  '3': 'device',
  '4': 'device',
  '5': 'directory',
  '6': 'named pipe',
};

const block = 512;

/** The longest accepted name or pax header. Bytes. */
const longestExtension = 2 ** 16;

/**
 * Yields the members of a tar archive (ustar, with the long names of GNU and pax) in order. When it yields a member, the
 * reader is at the member's content; whatever the caller does not read of it is skipped.
 * @throws Error if it is not a tar archive or is truncated
 */
export async function* tarMembers(reader: ByteReader): AsyncGenerator<TarMember> {
  let longer: Partial<TarMember> = {};
  for (;;) {
    const header = await reader.read(block);
    if (header.length === 0 || header.every((byte) => byte === 0)) return;
    if (header.length < block) throw new Error('the archive is truncated');
    if (!hasRightSum(header)) throw new Error('this is not a tar archive');
    const size = numberAt(header, 124, 12);
    const type = header.toString('latin1', 156, 157);
    if ('LKxg'.includes(type)) {
      if (!(size >= 0 && size <= longestExtension))
        throw new Error('a name in the archive is too long');
      const content = (await reader.read(padded(size))).subarray(0, size).toString();
      if (type === 'L') longer.name = content.replace(/\0.*/s, '');
      if (type === 'K') longer.target = content.replace(/\0.*/s, '');
      if (type === 'x') longer = { ...longer, ...paxRecords(content) };
      continue;
    }
    const kind = kinds[type];
    if (kind === undefined) throw new Error('the archive has a member of an unknown type');
    const prefix = hasMagic(header, 'tar') ? textAt(header, 345, 155) : '';
    const name = textAt(header, 0, 100);
    const member: TarMember = {
      name: prefix === '' ? name : `${prefix}/${name}`,
      kind,
      size,
      target: textAt(header, 157, 100),
      ...longer,
    };
    longer = {};
    // A negative size in octal digits, or a pax record that is not a number.
    if (!Number.isSafeInteger(member.size) || member.size < 0)
      throw new Error('a size in the archive is invalid');
    const begins = reader.position;
    yield member;
    const content = kind === 'file' ? padded(member.size) : 0;
    const left = begins + content - reader.position;
    if ((await reader.skip(left)) < left) throw new Error('the archive is truncated');
  }
}

function padded(size: number): number {
  return Math.ceil(size / block) * block;
}

function textAt(header: Buffer, at: number, length: number): string {
  return header.toString('utf8', at, at + length).replace(/\0.*/s, '');
}

/** A number in octal digits, or in base 256 if the first bit is set. */
function numberAt(header: Buffer, at: number, length: number): number {
  if ((header[at] ?? 0) < 0x80) return Number.parseInt(textAt(header, at, length).trim() || '0', 8);
  return Number(header.readBigUInt64BE(at + length - 8));
}

/** Verifies a header's checksum: the sum of its bytes, with the checksum itself counted as spaces. */
function hasRightSum(header: Buffer): boolean {
  const own = header.subarray(148, 156).reduce((sum, byte) => sum + byte, 0);
  const all = header.reduce((sum, byte) => sum + byte, 0) - own + 8 * 0x20;
  return all === numberAt(header, 148, 8);
}

function paxRecords(text: string): Partial<TarMember> {
  const found: Partial<TarMember> = {};
  for (const [, key, value = ''] of text.matchAll(/^\d+ (path|linkpath|size)=(.*)$/gm)) {
    if (key === 'path') found.name = value;
    else if (key === 'linkpath') found.target = value;
    else found.size = Number(value);
  }
  return found;
}
