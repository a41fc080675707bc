import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { execa } from 'execa';
import type { Requirement } from './requirements.ts';
import { toolEnvironment, toolPath } from './tool-environment.ts';

/** The path of what is required, or null where it is missing. */
export async function findRequirement({ name }: Pick<Requirement, 'name'>): Promise<string | null> {
  if (isAbsolute(name)) return (await isThere(name, constants.R_OK)) ? name : null;
  for (const directory of toolPath().split(delimiter)) {
    const path = join(directory, name);
    if (await isThere(path, constants.X_OK)) return path;
  }
  return null;
}

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

/** Those of `wanted` that the host does not have. */
export async function missingRequirements(wanted: readonly Requirement[]): Promise<Requirement[]> {
  const paths = await Promise.all(wanted.map(findRequirement));
  return wanted.filter((_, index) => paths[index] === null);
}

async function isThere(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
