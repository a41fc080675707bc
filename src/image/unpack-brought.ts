import { UnavailableError, UsageError } from '../errors.ts';
import { runTool } from './run-tool.ts';
import { sweepTree } from './sweep-tree.ts';

/**
 * Unpacks a package that was brought, and leaves of it only what can be read without harm (see `sweepTree`).
 * @throws UsageError where tar refuses it, UnavailableError where the disk does
 */
export async function unpackBrought(
  deb: string,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await runTool('dpkg-deb', ['-x', deb, directory], { signal });
  } catch (error) {
    if (
      !(error instanceof UnavailableError) ||
      /No space left|quota|killed by signal/.test(error.message)
    )
      throw error;
    throw new UsageError(`the package cannot be unpacked: ${error.message}`, {
      hint: 'Get the package again: copy it, build it or download it once more.',
      cause: error,
    });
  } finally {
    // What was unpacked must be removable, too.
    await sweepTree(directory);
  }
}
