import { execa } from 'execa';
import { toolEnvironment } from './tool-environment.ts';

/** The version the command at `path` says it is, such as `2.38.1`; null where it says none, or cannot be asked. */
export async function readVersion(
  path: string,
  versionArguments: string[],
): Promise<string | null> {
  if (versionArguments.length === 0) return null;
  const { all } = await execa(path, versionArguments, {
    env: toolEnvironment(),
    all: true,
    reject: false,
    stdin: 'ignore',
    timeout: 10_000,
  });
  return /\d+(?:\.\d+)+|(?<=version )\d+/.exec(all)?.[0] ?? null;
}
