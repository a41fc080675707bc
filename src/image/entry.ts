import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { PackageVersion } from './image-set.ts';

/** `manifest.json`: all that is to be known about a finished image. */
export type Manifest = {
  recipe: string;
  arch: string;
  key: string;
  /** What went into it directly; its inputs' manifests have the rest. */
  packages: (PackageVersion & { sha256: string })[];
  /** By path in the entry. */
  outputs: Record<string, { size: number; sha256: string }>;
  /** `uname -r` of the kernel in it. */
  release: string;
  buildSeconds: number;
};

/** The manifest of a whole entry; null where there is none or where a file is missing or has another size. */
export async function readEntry(directory: string): Promise<Manifest | null> {
  try {
    const manifest = JSON.parse(
      await readFile(path.join(directory, 'manifest.json'), 'utf8'),
    ) as Manifest;
    for (const [file, { size }] of Object.entries(manifest.outputs))
      if ((await stat(path.join(directory, file))).size !== size) return null;
    return manifest;
  } catch {
    return null;
  }
}
