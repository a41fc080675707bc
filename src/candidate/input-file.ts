import { open, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { UsageError } from '../errors.ts';
import { kernelHeaderBytes } from '../image/kernel-format.ts';

/** What a file named in an option is. `name` is what the user called it. Throws UsageError where there is none. */
export async function statOf(option: string, file: string, name = file): Promise<Stats> {
  return stat(file).catch((error: unknown) => {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const why = missing ? 'there is no such file' : (error as Error).message;
    throw new UsageError(`${option} ${name}: ${why}`, { cause: error });
  });
}

/** Throws UsageError for anything but a file with something in it. */
export async function mustBeFile(option: string, file: string, name = file): Promise<void> {
  const status = await statOf(option, file, name);
  if (!status.isFile()) throw new UsageError(`${option} ${name}: this is no regular file`);
  if (status.size === 0) throw new UsageError(`${option} ${name}: this file is empty`);
}

/** Whether a file is a .deb, whatever it is called: an ar archive. */
export async function isArchive(file: string): Promise<boolean> {
  return (await startOf(file)).toString('latin1', 0, 8) === '!<arch>\n';
}

/** As much of a file as tells what it is. */
export async function startOf(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const length = kernelHeaderBytes;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
