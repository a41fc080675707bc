import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Where kexec-lab is installed: the directory of its package.json, with its scenarios, recipes and machines beside it.
 * Looked for upwards, since bundling puts this code into another file than it was written in.
 */
export const ownDirectory = withManifest(dirname(fileURLToPath(import.meta.url)));

/** kexec-lab's own version, from its package.json. */
export function ownVersion(): string {
  const manifest = readFileSync(join(ownDirectory, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

function withManifest(directory: string): string {
  const found = existsSync(join(directory, 'package.json')) || directory === dirname(directory);
  return found ? directory : withManifest(dirname(directory));
}
