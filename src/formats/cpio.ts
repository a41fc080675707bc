import { UsageError } from '../errors.ts';
import { sizeInWords } from '../host/user-file.ts';
import type { ByteReader } from './archive.ts';
import { formatOf } from './magic.ts';

/** Above the largest initramfs of any distribution. Bytes, and for `entries` a count. */
export const limits = { unpacked: 2 ** 30, entries: 250_000, name: 4096 };

const headerBytes = 110;

/** A member of a cpio archive (newc). Places are bytes from the start of the stream. */
export type CpioMember = {
  /** Without `/` or `./` at its start. */
  name: string;
  /** Type and permissions (inode(7)). */
  mode: number;
  /** The same text for all hard links to one file. The last of them has the content. */
  inode: string;
  /** How many hard links the file has. */
  links: number;
  /** Bytes of content. */
  size: number;
  /** Where `name` is written. */
  nameAt: number;
  contentAt: number;
  /** Where the sum of the content's bytes is written, as 8 hexadecimal digits; null in an archive without checksums. */
  sumAt: number | null;
};

/** Where the archives end: at the end of the stream, in the middle of a member, or before other data. */
export type CpioEnd = 'over' | 'cut off' | 'something else';

/**
 * Reads the uncompressed archives (newc, with or without checksums) at the start of a stream. When `onMember` is called, the
 * reader is at the member's content; whatever is not read of it is skipped. Stops before other data.
 * @throws UsageError if they exceed the limits
 */
export async function readArchives(
  reader: ByteReader,
  onMember: (member: CpioMember) => Promise<void> | void,
): Promise<CpioEnd> {
  let complete = true;
  let entries = 0;
  for (;;) {
    const bytes = await reader.peek(headerBytes);
    const header = bytes.toString('latin1');
    if (header === '') return complete ? 'over' : 'cut off';
    if (header.startsWith('\0') && complete) {
      // Archives are padded with any number of zeros.
      await reader.skip(/^\0*/.exec(header)?.[0].length ?? 1);
      refuseLarge(reader);
      continue;
    }
    const format = formatOf(bytes, ['newc', 'newcWithChecksums']);
    if (format === undefined) return complete ? 'something else' : 'cut off';
    if (header.length < headerBytes) return 'cut off';
    const [fileSize, nameSize] = [field(header, 6), field(header, 11)];
    if (!(fileSize >= 0 && nameSize >= 1 && nameSize <= limits.name)) return 'cut off';
    const headerAt = reader.position;
    await reader.skip(headerBytes);
    const written = (await reader.read(nameSize)).toString('utf8').replace(/\0.*/s, '');
    complete = written === 'TRAILER!!!';
    if (!complete && ++entries > limits.entries)
      throw new UsageError(`has more than ${limits.entries} entries`);
    await skipTo(reader, align(reader.position));
    const contentAt = reader.position;
    const next = contentAt + fileSize;
    if (next > limits.unpacked) refuseLarge(reader, next);
    const name = written.replace(/^\.?\//, '');
    if (!complete)
      await onMember({
        name,
        nameAt: headerAt + headerBytes + written.length - name.length,
        mode: field(header, 1),
        // The inode, and the device that it is on.
        inode: [0, 7, 8].map((index) => field(header, index)).join(' '),
        links: field(header, 4),
        size: fileSize,
        contentAt,
        sumAt: format === 'newcWithChecksums' ? headerAt + 6 + 8 * 12 : null,
      });
    if ((await skipTo(reader, next)) < next) return 'cut off';
    await skipTo(reader, align(reader.position));
  }
}

/**
 * Skips to a position in the stream, or to its end. Returns the position reached.
 * @throws UsageError if it is beyond the limit
 */
export async function skipTo(reader: ByteReader, place: number): Promise<number> {
  await reader.skip(Math.max(0, Math.min(place, limits.unpacked + 1) - reader.position));
  refuseLarge(reader);
  return reader.position;
}

function refuseLarge(reader: ByteReader, position = reader.position): void {
  if (position >= limits.unpacked)
    throw new UsageError(`unpacks to more than ${sizeInWords(limits.unpacked)}`);
}

/** The n-th 8-digit field after the magic number (initramfs buffer format, newc). */
function field(header: string, index: number): number {
  const digits = header.slice(6 + 8 * index, 14 + 8 * index);
  return /^[0-9a-f]{8}$/i.test(digits) ? Number.parseInt(digits, 16) : Number.NaN;
}

function align(offset: number): number {
  return Math.ceil(offset / 4) * 4;
}
