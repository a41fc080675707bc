import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../file-error.ts';

/**
 * Makes a directory and those above it that are missing. Node's own `recursive` never comes back where a file system says
 * ENOENT to whoever makes a directory in it (/proc does), and tries again for ever.
 * @throws the operating system's error for the first that cannot be made
 */
export async function makeDirectory(directory: string): Promise<void> {
  const missing: string[] = [];
  let place = path.resolve(directory);
  for (; !(await exists(place)); place = path.dirname(place)) missing.push(place);
  for (const name of missing.reverse())
    await mkdir(name).catch((error: unknown) => {
      // Another process may have made it since.
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  // A file in its place is told by the system itself.
  if (!(await stat(directory)).isDirectory()) await mkdir(directory);
}

/** @throws whatever is wrong with a path but that it leads to nothing, such as a file on the way */
async function exists(place: string): Promise<boolean> {
  try {
    await stat(place);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
