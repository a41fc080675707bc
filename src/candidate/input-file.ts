import { access, constants, stat } from 'node:fs/promises';
import { closeSync, readSync, type Stats } from 'node:fs';
import { UsageError } from '../errors.ts';
import { namedFileError } from '../file-error.ts';
import { openInput } from '../host/input-file.ts';
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

/** Larger than any package of a kernel, or an initramfs. */
export const mostInputBytes = 2 ** 30;

/** Throws UsageError for anything but a regular file with something in it, of at most `most` bytes. */
export function mustBeFile(
  option: string,
  file: string,
  { name = file, most = mostInputBytes }: { name?: string | undefined; most?: number } = {},
): void {
  const { descriptor, size } = openInput(file, most, {
    place: `${option} ${name}`,
    doing: 'read it',
  });
  closeSync(descriptor);
  if (size === 0) throw new UsageError('this file is empty', { place: `${option} ${name}` });
}

/** Whether a file is a .deb, whatever it is called: an ar archive. */
export function isArchive(file: string): boolean {
  return startOf(file).toString('latin1', 0, 8) === '!<arch>\n';
}

/** As much of a file as tells what it is. Throws UsageError for what is no regular file. */
export function startOf(file: string): Buffer {
  const { descriptor } = openInput(file, Infinity);
  try {
    const start = Buffer.alloc(kernelHeaderBytes);
    return start.subarray(0, readSync(descriptor, start, 0, start.length, 0));
  } finally {
    closeSync(descriptor);
  }
}
