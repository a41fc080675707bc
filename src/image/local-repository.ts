import { link, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Stanza } from './deb822.ts';
import type { ArchivePackage } from './package-closure.ts';

/** Makes a directory that apt takes packages from: `Packages`, and each .deb (`debs`, in the order of `packages`). */
export async function writeRepository(
  directory: string,
  packages: readonly ArchivePackage[],
  debs: readonly string[],
): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [index, { sha256 }] of packages.entries())
    await link(debs[index] ?? '', path.join(directory, `${sha256}.deb`));
  await writeFile(path.join(directory, 'Packages'), packages.map(packageEntry).join('\n'));
}

/** A package's paragraph of the archive's index, with its file where `writeRepository` puts it. */
export function packageEntry({ stanza, sha256 }: ArchivePackage): string {
  const fields: Stanza = { ...stanza, Filename: `./${sha256}.deb` };
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}
