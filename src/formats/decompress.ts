import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { constants, gunzipSync } from 'node:zlib';
import { streamTool, ToolFailure } from '../host/processes.ts';
import { formatOf } from './magic.ts';

/** The compression formats of kernels and initramfs images. */
export const compressions = ['gzip', 'xz', 'zstd', 'lz4', 'lzma', 'bzip2', 'lzo'] as const;
export type Compression = (typeof compressions)[number];

/** The compression format that `data` starts with; null if it is unknown. */
export function compressionOf(data: Buffer): Compression | null {
  return formatOf(data, compressions) ?? null;
}

const tools: Record<Compression, readonly [string, ...string[]]> = {
  gzip: ['gzip', '--decompress', '--stdout'],
  xz: ['xz', '--decompress', '--stdout', '--single-stream'],
  zstd: ['zstd', '--decompress', '--stdout', '--quiet'],
  lz4: ['lz4', '-d', '-c', '-q'],
  lzma: ['xz', '--format=lzma', '--decompress', '--stdout'],
  bzip2: ['bzip2', '--decompress', '--stdout'],
  lzo: ['lzop', '--decompress', '--stdout'],
};

const compressors: Record<Compression, readonly [string, ...string[]]> = {
  gzip: ['gzip', '-9', '--no-name', '--stdout'],
  // The kernel has no other check than CRC32.
  xz: ['xz', '-6', '--check=crc32', '--threads=1', '--stdout'],
  zstd: ['zstd', '-9', '--threads=1', '--stdout', '--quiet'],
  // The legacy format, which is the only one that the kernel unpacks.
  lz4: ['lz4', '-9', '-l', '-c', '-q'],
  lzma: ['xz', '-6', '--format=lzma', '--threads=1', '--stdout'],
  bzip2: ['bzip2', '-9', '--stdout'],
  lzo: ['lzop', '-9', '--stdout'],
};

/**
 * Decompresses a file from byte `start` on with the host's tool, piece by piece. Throws like {@link streamTool}.
 * @param options.whole data that follows the first stream is decompressed, too, and is an error if it is something else
 */
export function decompressing(
  file: string,
  start: number,
  compression: Compression,
  { whole = false }: { whole?: boolean } = {},
): AsyncGenerator<Uint8Array> {
  const [tool, ...args] = tools[compression];
  const used = whole ? args.filter((argument) => argument !== '--single-stream') : args;
  return streamTool(tool, used, { input: createReadStream(file, { start }) });
}

/**
 * Compresses a stream with the host's tool, piece by piece, in the form that the kernel unpacks. The same data always gives
 * the same result. Throws like {@link streamTool}.
 */
export function compressing(input: Readable, compression: Compression): AsyncGenerator<Uint8Array> {
  const [tool, ...args] = compressors[compression];
  return streamTool(tool, args, { input });
}

/** Larger than any decompressed kernel. Bytes. */
const mostUnpacked = 256 * 2 ** 20;

/**
 * Decompresses as much of `data` as possible: it may be truncated, or followed by other data. Null if there is no
 * output, because the data is damaged, expands too far, or the host lacks the tool.
 */
export async function decompress(data: Buffer, compression: Compression): Promise<Buffer | null> {
  if (compression === 'gzip') return gunzip(data);
  const [tool, ...args] = tools[compression];
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of streamTool(tool, args, { input: Readable.from([data]) })) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= mostUnpacked) break;
    }
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error;
  }
  return size === 0 ? null : Buffer.concat(chunks, Math.min(size, mostUnpacked));
}

function gunzip(data: Buffer): Buffer | null {
  try {
    return gunzipSync(data, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: mostUnpacked });
  } catch {
    return null;
  }
}
