import { readFile } from 'node:fs/promises';
import { compressionOf, decompress } from './decompress.ts';

/**
 * Paths in an initramfs: a chain of cpio archives (an early one with microcode in front), of which each may be
 * compressed. Null where it cannot be unpacked here.
 */
export async function initramfsNames(file: string): Promise<string[] | null> {
  const names: string[] = [];
  let rest: Buffer = await readFile(file);
  // Compressed data within compressed data is nothing a kernel would take.
  for (let layer = 0; layer < 2; layer++) {
    const archives = cpioNames(rest);
    names.push(...archives.names);
    rest = rest.subarray(archives.end);
    const compression = compressionOf(rest);
    if (compression === null) return names;
    const unpacked = await decompress(rest, compression);
    if (unpacked === null) return null;
    rest = unpacked;
  }
  return [...names, ...cpioNames(rest).names];
}

const headerBytes = 110;

/**
 * Names in the uncompressed archives (newc, with or without checksum) at the start of `data`, and where these end:
 * at the end of the data, at something else, or where it is cut off.
 */
export function cpioNames(data: Buffer): { names: string[]; end: number } {
  const names: string[] = [];
  let at = 0;
  while (at + headerBytes <= data.length) {
    if (data[at] === 0) {
      at += 1;
      continue;
    }
    if (!/^07070[12]$/.test(data.toString('latin1', at, at + 6))) break;
    const [fileSize, nameSize] = [field(data, at, 6), field(data, at, 11)];
    const nameAt = at + headerBytes;
    const name = data.toString('utf8', nameAt, nameAt + nameSize - 1);
    const next = align(align(nameAt + nameSize) + fileSize);
    if (!(next > at)) break;
    if (name !== 'TRAILER!!!') names.push(name.replace(/^\.?\//, ''));
    at = next;
  }
  return { names, end: Math.min(skipZeros(data, at), data.length) };
}

/** Archives are padded with zeros to whatever their author liked. */
function skipZeros(data: Buffer, from: number): number {
  let at = from;
  while (data[at] === 0) at += 1;
  return at;
}

function field(data: Buffer, header: number, index: number): number {
  const start = header + 6 + 8 * index;
  return Number.parseInt(data.toString('latin1', start, start + 8), 16);
}

function align(offset: number): number {
  return Math.ceil(offset / 4) * 4;
}
