import { UnavailableError } from '../errors.ts';
import { describeMissing, missingRequirements } from './find-requirement.ts';
import { installLine } from './install-line.ts';
import type { Requirement } from './requirements.ts';

/**
 * Makes sure that the host has all of `wanted`: refuses, or with `withDeps` installs what is missing.
 * @throws UnavailableError, with the line that installs them, when something is missing and stays so.
 */
export async function ensureRequirements(
  wanted: readonly Requirement[],
  withDeps: boolean,
): Promise<void> {
  const missing = await missingRequirements(wanted);
  if (missing.length === 0) return;
  if (withDeps) {
    const { install } = await import('./install.ts');
    return install(missing);
  }
  throw new UnavailableError(`missing on this host: ${describeMissing(missing)}`, {
    hint: `Install with --with-deps, or yourself: ${installLine(missing)}`,
  });
}
