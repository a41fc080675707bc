import { access, constants, open, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { UsageError } from '../errors.ts';
import { namedFileError } from '../file-error.ts';
import { kernelHeaderBytes } from '../image/kernel-format.ts';

/** What a file named in an option is. `name` is what the user called it. Throws UsageError where there is none. */
export async function statOf(option: string, file: string, name = file): Promise<Stats> {
  try {
    const status = await stat(file);
    const enter = status.isDirectory() ? constants.X_OK : 0;
    await access(file, constants.R_OK | enter);
    return status;
  } catch (cause) {
    throw namedFileError(cause, { place: `${option} ${name}`, doing: 'read it' });
  }
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
