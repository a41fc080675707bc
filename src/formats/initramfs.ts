import { statSync, createReadStream } from 'node:fs';
import { UsageError } from '../errors.ts';
import { ToolFailure } from '../host/processes.ts';
import { ByteReader } from './archive.ts';
import { limits, readArchives, skipTo, type CpioEnd } from './cpio.ts';
import { compressionOf, decompressing } from './decompress.ts';

/** The longest list of modules that is kept. Bytes. */
const longestText = 2 ** 20;

/** The length of the longest magic number of a compression format. Bytes. */
export const magicBytes = 6;

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
 * Collects what is read of the archives at the start of a stream.
 * @throws UsageError if they exceed the limits
 */
function archivesIn(reader: ByteReader, { names, builtIn }: Entries): Promise<CpioEnd> {
  return readArchives(reader, async ({ name, size }) => {
    names.push(name);
    if (name.endsWith('/modules.builtin') && size <= longestText)
      builtIn.set(name, (await reader.read(size)).toString('latin1'));
  });
}

/**
 * Why a file is not an initramfs, as the end of a sentence that begins with the file's name; null if it looks like one.
 */
export async function initramfsTrouble(file: string): Promise<string | null> {
  if (statSync(file).size === 0) return 'is empty';
  return (await readInitramfs(file)).trouble;
}
