import { execa } from 'execa';
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { toolEnvironment } from '../host/tool-environment.ts';

/** What the kernel can unpack, by how it begins; `test` is the command that finds a damaged file. */
const compressions = [
  { name: 'gzip', magic: '1f8b', test: ['gzip', '-t'] },
  { name: 'zstd', magic: '28b52ffd', test: ['zstd', '-t', '-q'] },
  { name: 'xz', magic: 'fd377a585a00', test: ['xz', '-t'] },
  { name: 'lz4', magic: '02214c18', test: null },
  { name: 'bzip2', magic: '425a68', test: null },
  { name: 'lzma', magic: '5d0000', test: null },
  { name: 'lzo', magic: '894c5a4f', test: null },
];

const cpioHeader = 110;
/** gzip's exit code for a warning, such as zeros behind the end. */
const gzipWarning = 2;

/**
 * Why a file is no initramfs, as the end of a sentence that begins with the file's name; null when it looks like one.
 * An initramfs is a chain of cpio archives, of which the last may be compressed.
 */
export async function initramfsTrouble(file: string): Promise<string | null> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    if (size === 0) return 'is empty';
    const start = await skipArchives(handle, size);
    if (start === null) return 'is a truncated cpio archive';
    if (start === size) return null;
    const magic = (await readAt(handle, start, 6)).toString('hex');
    const compression = compressions.find((candidate) => magic.startsWith(candidate.magic));
    if (compression === undefined)
      return start === 0
        ? 'is no initramfs: neither a cpio archive nor compressed'
        : `has something that is no archive at byte ${start}`;
    return await compressionTrouble(file, start, compression);
  } finally {
    await handle.close();
  }
}

async function compressionTrouble(
  file: string,
  start: number,
  { name, test }: (typeof compressions)[number],
): Promise<string | null> {
  const [tool, ...args] = test ?? [];
  if (tool === undefined) return null;
  const inputFile = createReadStream(file, { start });
  const { exitCode, stderr, code } = await execa(tool, args, {
    input: inputFile,
    env: toolEnvironment(),
    reject: false,
  });
  // Without the tool it cannot be known; the kernel will say.
  if (code === 'ENOENT') return null;
  const fine = exitCode === 0 || (tool === 'gzip' && exitCode === gzipWarning);
  return fine ? null : `is damaged ${name} data (${stderr.split('\n')[0] ?? ''})`;
}

/** The offset behind all uncompressed archives at the start of the file; null when one of them is cut off. */
async function skipArchives(handle: FileHandle, size: number): Promise<number | null> {
  let offset = 0;
  let complete = true;
  while (offset < size) {
    const header = (await readAt(handle, offset, cpioHeader)).toString('latin1');
    if (!/^07070[12]/.test(header)) {
      if (!complete) return null;
      if (!header.startsWith('\0')) break;
      offset += 4;
      continue;
    }
    const [fileSize, nameSize] = [hexField(header, 6), hexField(header, 11)];
    const name = offset + cpioHeader;
    const next = align(align(name + nameSize) + fileSize);
    if (!(next <= align(size))) return null;
    complete = (await readAt(handle, name, 10)).toString('latin1') === 'TRAILER!!!';
    offset = Math.min(next, size);
  }
  return complete ? offset : null;
}

/** The n-th of the 8-digit fields behind the magic (initramfs buffer format, newc). */
function hexField(header: string, index: number): number {
  return Number.parseInt(header.slice(6 + 8 * index, 14 + 8 * index), 16);
}

function align(offset: number): number {
  return Math.ceil(offset / 4) * 4;
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
