import { runTool } from './run-tool.ts';
import { makeReadable } from './tree-archive.ts';

/** Unpacks a package's files into a directory, where the builder can read every one of them, whatever its mode. */
export async function unpackDeb(
  deb: string,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await runTool('dpkg-deb', ['-x', deb, directory], { signal });
  await makeReadable(directory, signal);
}
