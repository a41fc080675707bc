/** A server's real root file system, which the user brings as a tar archive. */
import { closeSync, readSync } from 'node:fs';
import path from 'node:path';
import { UnavailableError, UsageError } from '../errors.ts';
import { formatOf, hasMagic } from '../formats/magic.ts';
import { digestOnce } from '../host/files.ts';
import { runTool } from '../host/processes.ts';
import { openInput } from '../host/user-file.ts';

export type RootArchive = {
  /** Absolute path. */
  file: string;
  sha256: string;
  compression: 'none' | 'gzip' | 'xz' | 'zstd' | 'bzip2';
  /** What a file system needs for the content. MiB. */
  size: number;
};

/** The largest archive that is read. The disks of the lab cannot hold more (src/image/recipes/disk-layout.ts). Bytes. */
const largest = 64 * 2 ** 30;

const howToMake =
  'Make it on the server as root: tar --create --one-file-system --file root.tar --directory / .';

/**
 * Reads the archive once, to see whether it is complete and has a root file system.
 * @throws UsageError if it cannot be used
 */
export async function readRootArchive(file: string): Promise<RootArchive> {
  const compression = compressionOf(file);
  const { size, hasSystemd } = await contentOf(file, compression);
  if (!hasSystemd)
    throw new UsageError(
      'this archive has no usr/lib/systemd/systemd: the lab proves a boot with a service of systemd',
      {
        place: file,
        hint: howToMake,
      },
    );
  return { file: path.resolve(file), sha256: await digestOnce(file), compression, size };
}

function compressionOf(file: string): RootArchive['compression'] {
  const { descriptor } = openInput(file, largest, { doing: 'read this archive' });
  const head = Buffer.alloc(512);
  try {
    readSync(descriptor, head, 0, head.length, 0);
  } finally {
    closeSync(descriptor);
  }
  if (hasMagic(head, 'tar')) return 'none';
  const found = formatOf(head, ['gzip', 'xz', 'zstd', 'bzip2']);
  if (found !== undefined) return found;
  throw new UsageError('this file is not a tar archive', { place: file, hint: howToMake });
}

/** Blocks of ext4. Bytes. */
const block = 4096;

async function contentOf(file: string, compression: RootArchive['compression']) {
  let blocks = 0;
  let hasSystemd = false;
  const args = ['--list', '--verbose', '--numeric-owner', '--quoting-style=escape'];
  try {
    await runTool('tar', [...args, ...tarOption(compression), '--file', file], {
      onLine: (line) => {
        // -rw-r--r-- 0/0 1234 2026-01-31 12:00 ./etc/fstab
        const [mode = '', , size = '', , , name = ''] = line.split(/ +/);
        blocks += 1 + (mode.startsWith('-') ? Math.ceil(Number(size) / block) : 0);
        hasSystemd ||= /^(\.\/|\/)?(usr\/)?lib\/systemd\/systemd$/.test(name);
      },
    });
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    throw new UsageError(`this archive cannot be read: ${error.message}`, {
      place: file,
      hint: howToMake,
    });
  }
  // Inode tables, the journal, and room to write.
  return { size: Math.ceil(((blocks * block) / 2 ** 20) * 1.2) + 256, hasSystemd };
}

/** GNU tar recognises a compression only in files that it opens itself. */
export function tarOption(compression: RootArchive['compression']): string[] {
  return compression === 'none' ? [] : [`--${compression}`];
}
