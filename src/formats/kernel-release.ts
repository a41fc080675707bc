import { readFile } from 'node:fs/promises';
import { readInput } from '../host/user-file.ts';
import { compressions, decompress, type Compression } from './decompress.ts';
import { kernelKind, mostKernelBytes, zbootHeader } from './kernel.ts';
import { magics } from './magic.ts';

/**
 * `uname -r` of a kernel, from the banner in its image; null where it cannot be read. An arm64 Image has it in plain
 * text, everything else is decompressed first, with the host's tools.
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

/** What a uImage wraps; another uImage within it is nothing that anybody makes. */
async function releaseInPayload(data: Buffer): Promise<string | null> {
  return kernelKind(data) === 'uImage' ? null : releaseIn(data);
}

/** Bytes of U-Boot's legacy header. */
const uImageHeader = 64;

function nested(data: Buffer | null): string | null {
  return data === null || kernelKind(data) !== 'Image' ? null : bannerRelease(data);
}

/** The first line of every boot, which the image holds whole. */
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

/** How far into a zImage its decompressor goes at most. */
const decompressorBytes = 256 * 1024;

/** What a zImage's decompressor would unpack: nothing says where it begins, so each place that may be it is tried. */
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
  // Three bytes of lzma are anywhere; the first places are the likely ones.
  return places.slice(0, 8);
}

/** kexec-tools' own version in a program `kexec` (`kexec-tools 2.0.25`, as `kexec --version` says it); null for none. */
export async function toolsVersion(program: string): Promise<string | null> {
  const text = await readFile(program, 'latin1');
  return /\bkexec-tools\0? ?(\d+\.\d+\.\d+)/.exec(text)?.[1] ?? null;
}
