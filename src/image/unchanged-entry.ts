import type { Manifest } from './entry.ts';
import type { ArchivePackage } from './package-closure.ts';

/**
 * Would a finished entry be built of the same things now? `packages` are those that would be taken, `inputs` the
 * fingerprints of the images it would be built from, by recipe. (The recipe itself is in the entry's key.)
 */
export function isUnchanged(
  manifest: Pick<Manifest, 'packages' | 'inputs'>,
  packages: readonly Pick<ArchivePackage, 'sha256'>[],
  inputs: Readonly<Record<string, string>>,
): boolean {
  // A .deb's hash stands for its name, its version and its architecture.
  return (
    sameMembers(hashes(manifest.packages), hashes(packages)) &&
    sameMembers(pairs(manifest.inputs), pairs(inputs))
  );
}

function hashes(packages: readonly { sha256: string }[]): string[] {
  return packages.map(({ sha256 }) => sha256);
}

function pairs(inputs: Readonly<Record<string, string>>): string[] {
  return Object.entries(inputs).map((pair) => pair.join(' '));
}

function sameMembers(some: readonly string[], others: readonly string[]): boolean {
  const [a, b] = [new Set(some), new Set(others)];
  return a.size === b.size && [...a].every((member) => b.has(member));
}
