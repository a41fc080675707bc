import type { Requirement } from './requirements.ts';

/** The shell line that installs the packages of `missing`; as root it does without sudo. */
export function installLine(
  missing: readonly Pick<Requirement, 'package'>[],
  isRoot = runsAsRoot(),
): string {
  const packages = [...new Set(missing.map((requirement) => requirement.package))].sort();
  const sudo = isRoot ? '' : 'sudo ';
  return [
    `${sudo}apt-get update`,
    `${sudo}env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${packages.join(' ')}`,
  ].join(' && ');
}

/** Whether this process may install packages without asking anybody. */
export function runsAsRoot(): boolean {
  return process.getuid?.() === 0;
}
