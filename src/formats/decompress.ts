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

/** Decompresses a file from byte `start` on with the host's tool, piece by piece. Throws like {@link streamTool}. */
export function decompressing(
  file: string,
  start: number,
  compression: Compression,
): AsyncGenerator<Uint8Array> {
  const [tool, ...args] = tools[compression];
  return streamTool(tool, args, { input: createReadStream(file, { start }) });
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
