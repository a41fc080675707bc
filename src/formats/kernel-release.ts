import { readFile } from 'node:fs/promises';
import { readInput } from '../host/user-file.ts';
import { compressions, decompress, type Compression } from './decompress.ts';
import { kernelKind, mostKernelBytes, zbootHeader } from './kernel.ts';
import { magics } from './magic.ts';

/**
 * `uname -r` of a kernel, from the banner in its image; null if it cannot be read. An arm64 Image contains it in plain
 * text. Other formats are decompressed first with the host's tools.
 */
export async function releaseOfImage(file: string): Promise<string | null> {
  return releaseIn(readInput(file, mostKernelBytes));
}

async function releaseIn(data: Buffer): Promise<string | null> {
  switch (kernelKind(data)) {
    case 'Image':
    case 'ELF':
      return bannerRelease(data);
    case 'gzip':
      return nested(await decompress(data, 'gzip'));
    case 'zboot':
      return nested(await unpackZboot(data));
    case 'uImage':
      return releaseInPayload(data.subarray(uImageHeader));
    case 'zImage':
      return bannerRelease(await unpackZImage(data));
    default:
      return null;
  }
}

/** The payload of a uImage. Nested uImages are rejected. */
async function releaseInPayload(data: Buffer): Promise<string | null> {
  return kernelKind(data) === 'uImage' ? null : releaseIn(data);
}

/** Bytes of U-Boot's legacy header. */
const uImageHeader = 64;

function nested(data: Buffer | null): string | null {
  return data === null || kernelKind(data) !== 'Image' ? null : bannerRelease(data);
}

/** The first line of every boot, which the image contains verbatim. */
function bannerRelease(data: Buffer | null): string | null {
  const start = data?.indexOf('Linux version ') ?? -1;
  if (data === null || start < 0) return null;
  return /^Linux version (\S+) \(/.exec(data.toString('latin1', start, start + 256))?.[1] ?? null;
}

async function unpackZboot(data: Buffer): Promise<Buffer | null> {
  if (data.length < 0x40) return null;
  const { offset, size, compression } = zbootHeader(data);
  const known = compressions.find((name) => name === compression);
  return known === undefined ? null : decompress(data.subarray(offset, offset + size), known);
}

/** The largest decompressor at the start of a zImage. Bytes. */
const decompressorBytes = 256 * 1024;

/** Unpacks a zImage. Its header does not say where the compressed data starts, so every possible offset is tried. */
async function unpackZImage(data: Buffer): Promise<Buffer | null> {
  for (const name of ['xz', 'gzip', 'zstd', 'lz4', 'lzma', 'lzo'] as const)
    for (const start of placesOf(data, name)) {
      const kernel = await decompress(data.subarray(start), name);
      if (kernel !== null && kernel.includes('Linux version ')) return kernel;
    }
  return null;
}

function placesOf(data: Buffer, name: Compression): number[] {
  const places: number[] = [];
  const magic = magics[name].bytes;
  const head = data.subarray(0, decompressorBytes);
  for (let at = head.indexOf(magic); at >= 0; at = head.indexOf(magic, at + 1)) places.push(at);
  // The three bytes that mark lzma occur in other data too. The first matches are the most likely.
  return places.slice(0, 8);
}

/** The version in a `kexec` program (`kexec-tools 2.0.25`, as `kexec --version` prints it); null if there is none. */
export async function toolsVersion(program: string): Promise<string | null> {
  const text = await readFile(program, 'latin1');
  return /\bkexec-tools\0? ?(\d+\.\d+\.\d+)/.exec(text)?.[1] ?? null;
}
