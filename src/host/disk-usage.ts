import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** Bytes that a directory takes on the disk, without the holes of sparse files. What cannot be read counts as 0. */
export async function diskUsage(directory: string): Promise<number> {
  const options = { recursive: true, withFileTypes: true } as const;
  const entries = await readdir(directory, options).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const sizes = files.map((file) => bytesOnDisk(path.join(file.parentPath, file.name)));
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Bytes that a file takes on the disk; 0 where there is none. `st_blocks` counts units of 512 bytes (stat(2)). */
export async function bytesOnDisk(file: string): Promise<number> {
  return stat(file).then(
    ({ blocks }) => blocks * 512,
    () => 0,
  );
}
