/** Files of kernels: their formats, whether they can be booted, and what they declare about themselves. */
import type { Arch } from '../arch.ts';
import { architectures } from '../arch.ts';
import { readInput } from '../host/user-file.ts';
import { compressions, decompress, type Compression } from './decompress.ts';
import { peFileSize, peSections } from './executable.ts';
import { magics, hasMagic } from './magic.ts';

/** Larger than any kernel without debugging information. Kernels are read into memory as a whole. */
export const mostKernelBytes = 256 * 2 ** 20;

/** How much of a kernel file `kernelKind` and `kernelTrouble` need. Bytes. */
export const kernelHeaderBytes = 64 * 1024;

/** The formats that a kernel file, or a file mistaken for one, can have. */
export type KernelKind =
  'Image' | 'zImage' | 'zboot' | 'UKI' | 'gzip' | 'uImage' | 'ELF' | 'text' | 'unknown';

/**
 * The page size that the header of an arm64 Image names, in bytes; null if it names none, as before Linux 4.6.
 * (Documentation/arch/arm64/booting.rst: bits 1 and 2 of the flags at 24)
 */
export function pageSizeOf(header: Buffer): number | null {
  return [null, 4096, 16384, 65536][(header.readUInt32LE(24) >> 1) & 3] ?? null;
}

/** The format of a kernel file, from its first bytes. */
export function kernelKind(header: Buffer): KernelKind {
  if (hasMagic(header, 'image')) return 'Image';
  if (header.length >= leastZImage && hasMagic(header, 'zImage')) return 'zImage';
  if (hasMagic(header, 'pe') && hasMagic(header, 'zboot')) return 'zboot';
  if (peSections(header).some(({ name }) => name === linuxSection)) return 'UKI';
  if (hasMagic(header, 'gzip')) return 'gzip';
  if (hasMagic(header, 'uImage')) return 'uImage';
  if (hasMagic(header, 'elf')) return 'ELF';
  const text = header.toString('latin1', 0, 256);
  return /^[\t\n\r\x20-\x7e]+$/.test(text) ? 'text' : 'unknown';
}

/** The header of an arm64 Image, and the part of a zImage's header that is read. Bytes. */
const leastImage = 64;
const leastZImage = 0x30;

/**
 * Why a file is not a kernel that QEMU can boot on `arch`, as the end of a sentence that begins with the file's name;
 * null if it looks like one. `header` is the beginning of the file, `size` the length of the whole file in bytes.
 */
export function kernelTrouble(header: Buffer, size: number, arch: Arch): string | null {
  if (size === 0) return 'is empty';
  const kind = kernelKind(header);
  if (kind === 'Image') {
    // A truncated header gives no size.
    if (size < leastImage) return truncation(leastImage, size);
    if (arch === 'aarch64') return truncation(peFileSize(header), size);
    return 'is a kernel for aarch64 (an Image), not for arm';
  }
  if (kind === 'zImage') {
    if (arch === 'arm')
      return truncation(header.readUInt32LE(0x2c) - header.readUInt32LE(0x28), size);
    return 'is a kernel for arm (a zImage), not for aarch64';
  }
  return `is not a kernel for ${arch} (${architectures[arch].kernelImage}): it is ${kindNames[kind]}`;
}

/** Completes a sentence after "it is". QEMU boots none of these formats; kexec-tools load some. */
const kindNames: Record<Exclude<KernelKind, 'Image' | 'zImage'>, string> = {
  zboot: 'an EFI zboot image; unpack it first',
  UKI: 'a unified kernel image (UKI); extract its .linux section first',
  gzip: 'compressed with gzip; decompress it first',
  uImage: 'a U-Boot image (uImage)',
  ELF: 'an ELF file, perhaps a vmlinux',
  text: 'a text file',
  unknown: 'in an unknown format',
};

function truncation(expected: number, size: number): string | null {
  return size < expected ? `is truncated: ${size} bytes of ${expected}` : null;
}

/** The section of a unified kernel image with the kernel. */
const linuxSection = '.linux';

/**
 * `uname -r` of a kernel, from the banner in its image; null if it cannot be read. An arm64 Image contains it in plain
 * text. Other formats are decompressed first with the host's tools.
 */
export async function releaseOfImage(file: string): Promise<string | null> {
  return releaseIn(readInput(file, mostKernelBytes));
}

async function releaseIn(data: Buffer): Promise<string | null> {
  switch (kernelKind(data)) {
    case 'ELF':
      return bannerRelease(data);
    case 'uImage':
      return payloadRelease(data.subarray(uImageHeaderBytes));
    case 'zImage':
      return bannerRelease(await unpackZImage(data));
    default:
      return bannerRelease(await imageIn(data));
  }
}

/** The page size that an arm64 kernel is built for, in any format that contains an Image. Bytes; null if it names none. */
export async function pageSizeIn(kernel: Buffer): Promise<number | null> {
  const isWrapped = kernelKind(kernel) === 'uImage';
  const image = await imageIn(isWrapped ? kernel.subarray(uImageHeaderBytes) : kernel);
  return image === null || image.length < leastImage ? null : pageSizeOf(image);
}

/** The plain arm64 Image in a kernel file; null if there is none, or if it cannot be unpacked. */
async function imageIn(data: Buffer): Promise<Buffer | null> {
  const unpacked = await unpack(data);
  return unpacked !== null && kernelKind(unpacked) === 'Image' ? unpacked : null;
}

async function unpack(data: Buffer): Promise<Buffer | null> {
  switch (kernelKind(data)) {
    case 'Image':
      return data;
    case 'gzip':
      return decompress(data, 'gzip');
    case 'zboot':
      return unpackZboot(data);
    case 'UKI':
      return linuxOf(data);
    default:
      return null;
  }
}

/** The size of U-Boot's legacy header. Bytes. */
const uImageHeaderBytes = 64;

/** The payload of a uImage may not be another uImage. */
async function payloadRelease(data: Buffer): Promise<string | null> {
  return kernelKind(data) === 'uImage' ? null : releaseIn(data);
}

/** The kernel in a unified kernel image. */
function linuxOf(data: Buffer): Buffer | null {
  const found = peSections(data).find(({ name }) => name === linuxSection);
  return found === undefined ? null : data.subarray(found.offset, found.offset + found.size);
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

/** The header of an EFI zboot image (drivers/firmware/efi/libstub/zboot-header.S). */
export function zbootHeader(data: Buffer): { offset: number; size: number; compression: string } {
  return {
    offset: data.readUInt32LE(8),
    size: data.readUInt32LE(12),
    compression: data.toString('latin1', 0x18, 0x38).replace(/\0.*/s, ''),
  };
}
