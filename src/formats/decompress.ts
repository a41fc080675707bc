import { createReadStream } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import { toolEnvironment } from '../host/processes.ts';
import { streamTool } from '../host/run-tool.ts';
import { formatOf } from './magic.ts';

/** How kernels and their initramfs images are compressed. */
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

/** More than a kernel unpacks to; what unpacks to more is no kernel. Bytes. */
const mostUnpacked = 256 * 2 ** 20;

/** What the host's tool makes of a file's compressed data behind `start`, piece by piece. Throws as `streamTool`. */
export function decompressing(
  file: string,
  start: number,
  compression: Compression,
): AsyncGenerator<Uint8Array> {
  const [tool, ...args] =
    compression === 'gzip' ? (['gzip', '--decompress', '--stdout'] as const) : tools[compression];
  return streamTool(tool, args, { input: createReadStream(file, { start }) });
}

/** What `data` begins with; null for nothing known. */
export function compressionOf(data: Buffer): Compression | null {
  return formatOf(data, compressions) ?? null;
}

/**
 * Decompresses as much of `data` as there is: it may be cut off, and anything may follow it. Null where nothing comes
 * out: it is damaged, it is a bomb, or the host lacks the tool.
 */
export async function decompress(data: Buffer, compression: Compression): Promise<Buffer | null> {
  if (compression === 'gzip') return gunzip(data);
  const [tool, ...args] = tools[compression];
  const { stdout } = await execa(tool, args, {
    input: data,
    encoding: 'buffer',
    env: toolEnvironment(),
    reject: false,
    // execa ends the tool where there is more, and hands over what has come.
    maxBuffer: mostUnpacked,
  });
  // Without the tool there is no output either.
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
