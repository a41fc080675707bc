import { statSync, createReadStream } from 'node:fs';
import { UsageError } from '../errors.ts';
import { ToolFailure } from '../host/processes.ts';
import { sizeInWords } from '../host/user-file.ts';
import { ByteReader } from './archive.ts';
import { compressionOf, decompressing } from './decompress.ts';
import { formatOf } from './magic.ts';

/** Above the largest initramfs of any distribution. Bytes, and for `entries` a count. */
const limits = { unpacked: 2 ** 30, entries: 250_000, name: 4096, text: 2 ** 20 };

/** The length of the longest magic number of a compression format. Bytes. */
const magicBytes = 6;
const headerBytes = 110;

/** gzip's exit code for a warning, such as trailing zeros. */
const gzipWarning = 2;

/** What is read of an initramfs: paths, and by path the texts of its lists of built-in modules. */
type Entries = { names: string[]; builtIn: Map<string, string> };

/** The content of an initramfs. */
type InitramfsContent = {
  /** Paths in it; null if the host lacks the tool to decompress it. */
  names: string[] | null;
  /** The texts of the `modules.builtin` in it, by path. */
  builtIn: ReadonlyMap<string, string>;
  /** Why it cannot be used, as the end of a sentence that begins with its name; null if nothing is wrong. */
  trouble: string | null;
};

/**
 * Reads an initramfs: a chain of cpio archives (often an early one with microcode first), of which the last may be
 * compressed. The content is read as a stream and limited in size.
 */
export async function readInitramfs(file: string): Promise<InitramfsContent> {
  const names: string[] = [];
  const builtIn = new Map<string, string>();
  const entries = { names, builtIn };
  const reader = new ByteReader(createReadStream(file, { highWaterMark: 2 ** 20 }));
  try {
    const end = await archivesIn(reader, entries);
    if (end === 'over') return { ...entries, trouble: null };
    if (end === 'cut off') return { ...entries, trouble: 'is a truncated cpio archive' };
    const compression = compressionOf(await reader.peek(magicBytes));
    if (compression === null) {
      const at = reader.position;
      const trouble =
        at === 0
          ? 'is not an initramfs: it is neither a cpio archive nor compressed'
          : `has data at byte ${at} that is not a cpio archive`;
      return { ...entries, trouble };
    }
    return await compressedIn(file, reader.position, compression, entries);
  } catch (error) {
    if (error instanceof UsageError) return { ...entries, trouble: error.message };
    throw error;
  } finally {
    await reader.close();
  }
}

async function compressedIn(
  file: string,
  start: number,
  compression: NonNullable<ReturnType<typeof compressionOf>>,
  entries: Entries,
): Promise<InitramfsContent> {
  const unpacked = new ByteReader(decompressing(file, start, compression));
  try {
    const end = await archivesIn(unpacked, entries);
    // The kernel does not accept nested compression. Reading the rest verifies that all data is intact.
    await skipTo(unpacked, limits.unpacked);
    return { ...entries, trouble: end === 'cut off' ? 'is a truncated cpio archive' : null };
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error;
    if (error.exitCode === undefined) return { ...entries, names: null, trouble: null };
    if (compression === 'gzip' && error.exitCode === gzipWarning)
      return { ...entries, trouble: null };
    return { ...entries, trouble: `is damaged ${compression} data (${error.message})` };
  } finally {
    await unpacked.close();
  }
}

/**
 * Reads the uncompressed archives (newc, with or without checksums) at the start of a stream. Stops before other data.
 * @throws UsageError if they exceed the limits
 */
async function archivesIn(
  reader: ByteReader,
  { names, builtIn }: Entries,
): Promise<'over' | 'cut off' | 'something else'> {
  let complete = true;
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
    if (formatOf(bytes, ['newc', 'newcWithChecksums']) === undefined)
      return complete ? 'something else' : 'cut off';
    if (header.length < headerBytes) return 'cut off';
    const [fileSize, nameSize] = [field(header, 6), field(header, 11)];
    if (!(fileSize >= 0 && nameSize >= 1 && nameSize <= limits.name)) return 'cut off';
    await reader.skip(headerBytes);
    const written = (await reader.read(nameSize)).toString('utf8').replace(/\0.*/s, '');
    complete = written === 'TRAILER!!!';
    const name = written.replace(/^\.?\//, '');
    if (!complete) names.push(name);
    if (names.length > limits.entries)
      throw new UsageError(`has more than ${limits.entries} entries`);
    await skipTo(reader, align(reader.position));
    const next = reader.position + fileSize;
    if (next > limits.unpacked) refuseLarge(reader, next);
    if (name.endsWith('/modules.builtin') && fileSize <= limits.text)
      builtIn.set(name, (await reader.read(fileSize)).toString('latin1'));
    if ((await skipTo(reader, next)) < next) return 'cut off';
    await skipTo(reader, align(reader.position));
  }
}

/** Skips to a position in the stream, or to its end. Returns the position reached. */
async function skipTo(reader: ByteReader, place: number): Promise<number> {
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

/**
 * Why a file is not an initramfs, as the end of a sentence that begins with the file's name; null if it looks like one.
 */
export async function initramfsTrouble(file: string): Promise<string | null> {
  if (statSync(file).size === 0) return 'is empty';
  return (await readInitramfs(file)).trouble;
}
