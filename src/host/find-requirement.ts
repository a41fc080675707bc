import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Requirement } from './requirements.ts';
import { toolPath } from './tool-environment.ts';

/** The path of what is required, or null where it is missing. */
export async function findRequirement({ name }: Pick<Requirement, 'name'>): Promise<string | null> {
  if (isAbsolute(name)) return (await isThere(name, constants.R_OK)) ? name : null;
  for (const directory of toolPath().split(delimiter)) {
    const path = join(directory, name);
    if (await isThere(path, constants.X_OK)) return path;
  }
  return null;
}

/** Those of `wanted` that the host does not have. */
export async function missingRequirements(wanted: readonly Requirement[]): Promise<Requirement[]> {
  const paths = await Promise.all(wanted.map(findRequirement));
  return wanted.filter((_, index) => paths[index] === null);
}

/** `cpio (package cpio), …` */
export function describeMissing(missing: readonly Requirement[]): string {
  return missing.map(({ name, package: from }) => `${name} (package ${from})`).join(', ');
}

async function isThere(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
