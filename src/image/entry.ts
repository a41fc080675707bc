import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';

const hash = z.string();

/** `manifest.json`: all that is to be known about a finished image. */
export const manifestSchema = z.object({
  recipe: z.string(),
  arch: z.string(),
  key: z.string(),
  /** `uname -r` of the kernel in it; null where nothing tells. */
  release: z.string().nullable(),
  /** What went into it directly; its inputs' manifests have the rest. `sha256` is that of the .deb. */
  packages: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      architecture: z.string(),
      suite: z.string(),
      sha256: hash,
    }),
  ),
  /** Fingerprints of the inputs it was built from, by recipe. */
  inputs: z.record(z.string(), hash),
  /** Hash of all outputs. */
  fingerprint: hash,
  /** By path in the entry. */
  outputs: z.record(z.string(), z.object({ size: z.number(), sha256: hash })),
  buildSeconds: z.number(),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** The manifest of a whole entry; null where there is none or where a file is missing or has another size. */
export async function readEntry(directory: string): Promise<Manifest | null> {
  try {
    const text = await readFile(path.join(directory, 'manifest.json'), 'utf8');
    const manifest = manifestSchema.parse(JSON.parse(text));
    for (const [file, { size }] of Object.entries(manifest.outputs))
      if ((await stat(path.join(directory, file))).size !== size) return null;
    return manifest;
  } catch {
    return null;
  }
}
