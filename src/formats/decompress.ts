import { createReadStream } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import { toolEnvironment, streamTool } from '../host/processes.ts';
import { formatOf } from './magic.ts';

/** The compression formats of kernels and initramfs images. */
export const compressions = ['gzip', 'xz', 'zstd', 'lz4', 'lzma', 'bzip2', 'lzo'] as const;
export type Compression = (typeof compressions)[number];

const tools: Record<Exclude<Compression, 'gzip'>, readonly [string, ...string[]]> = {
  xz: ['xz', '--decompress', '--stdout', '--single-stream'],
  zstd: ['zstd', '--decompress', '--stdout', '--quiet'],
  lz4: ['lz4', '-d', '-c', '-q'],
  lzma: ['xz', '--format=lzma', '--decompress', '--stdout'],
  bzip2: ['bzip2', '--decompress', '--stdout'],
  lzo: ['lzop', '--decompress', '--stdout'],
};

/** Larger than any decompressed kernel. Bytes. */
const mostUnpacked = 256 * 2 ** 20;

/** Decompresses a file from byte `start` on with the host's tool, piece by piece. Throws like `streamTool`. */
export function decompressing(
  file: string,
  start: number,
  compression: Compression,
): AsyncGenerator<Uint8Array> {
  const [tool, ...args] =
    compression === 'gzip' ? (['gzip', '--decompress', '--stdout'] as const) : tools[compression];
  return streamTool(tool, args, { input: createReadStream(file, { start }) });
}

/** The compression format that `data` starts with; null if it is unknown. */
export function compressionOf(data: Buffer): Compression | null {
  return formatOf(data, compressions) ?? null;
}

/**
 * Decompresses as much of `data` as possible: it may be truncated, or followed by other data. Null if there is no
 * output, because the data is damaged, expands too far, or the host lacks the tool.
 */
export async function decompress(data: Buffer, compression: Compression): Promise<Buffer | null> {
  if (compression === 'gzip') return gunzip(data);
  const [tool, ...args] = tools[compression];
  const { stdout } = await execa(tool, args, {
    input: data,
    encoding: 'buffer',
    env: toolEnvironment(),
    reject: false,
    // If there is more, execa ends the tool and returns the output so far.
    maxBuffer: mostUnpacked,
  });
  // If the tool is missing, there is no output.
  const output = (stdout as Uint8Array | undefined) ?? new Uint8Array();
  return output.length === 0 ? null : Buffer.from(output.buffer, output.byteOffset, output.length);
}

function gunzip(data: Buffer): Buffer | null {
  try {
    return gunzipSync(data, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: mostUnpacked });
  } catch {
    return null;
  }
}
