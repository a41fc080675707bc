import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { fileReason } from '../../file-error.ts';
import { digestOf, digestOnce, fileIdentity } from '../../host/file-digest.ts';
import { sha256Of } from '../../text/digest.ts';
import type { PlannedEntry } from '../recipes/plan.ts';
import { inputsOf } from '../recipes/recipe.ts';

/** Finished entries' manifests by recipe name. */
export type Manifests = Map<string, Manifest>;

/**
 * The entries of one architecture, planned inputs first, that can be used: whole, and built from the very inputs that
 * are there now. (A kernel that was built again may be a newer one, whose modules an old initramfs does not have.)
 * @param onDamage told of an entry that is there and whose content is not what was built
 */
export async function findEntries(
  entries: readonly PlannedEntry[],
  onDamage?: (entry: PlannedEntry, damage: string) => void,
): Promise<Manifests> {
  const manifests: Manifests = new Map();
  for (const entry of entries) {
    const { name, recipe, directory } = entry;
    const { manifest, damage } = await readEntry(directory);
    if (damage !== null) onDamage?.(entry, damage);
    const current = inputsOf(recipe).every(
      (input) => manifest?.inputs[input] === manifests.get(input)?.fingerprint,
    );
    if (manifest !== null && current) manifests.set(name, manifest);
  }
  return manifests;
}

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

/** What `readEntry` found: a manifest, or why the entry cannot be used. */
type ReadEntry = { manifest: Manifest | null; damage: string | null };

/**
 * Reads an entry and verifies its files: those that nobody has written since they were last verified (see
 * `fileIdentity`) by that alone, others by their whole content. A manifest that is not there or not whole is no damage,
 * only a missing entry.
 * @param full reads every file whole
 */
export async function readEntry(directory: string, { full = false } = {}): Promise<ReadEntry> {
  const manifest = await readManifest(directory);
  if (manifest === null) return { manifest: null, damage: null };
  if (manifest === 'damaged') return damaged('manifest.json has another content');
  const known = full ? {} : await readVerified(directory);
  const found: Record<string, string> = {};
  for (const [file, { size, sha256 }] of Object.entries(manifest.outputs)) {
    const place = path.join(directory, file);
    try {
      if ((await stat(place)).size !== size) return damaged(`${file} has another size`);
      const identity = await fileIdentity(place);
      found[file] = identity;
      if (known[file] === identity) continue;
      const digest = await (full ? digestOf(place) : digestOnce(place));
      if (digest !== sha256) return damaged(`${file} has another content`);
    } catch (error) {
      return damaged(`${file}: ${fileReason(error)}`);
    }
  }
  if (JSON.stringify(found) !== JSON.stringify(known)) await rememberVerified(directory, found);
  return { manifest, damage: null };
}

function damaged(damage: string): ReadEntry {
  return { manifest: null, damage };
}

async function readManifest(directory: string): Promise<Manifest | 'damaged' | null> {
  try {
    const text = await readFile(path.join(directory, 'manifest.json'), 'utf8');
    const { check, ...content } = checkedSchema.parse(JSON.parse(text));
    if (check !== undefined && check !== checkOf(content)) return 'damaged';
    return manifestSchema.parse(content);
  } catch {
    return null;
  }
}

/** As it is written, with the digest of all the rest; those of earlier versions have none. */
const checkedSchema = z.looseObject({ check: z.string().optional() });

/** A manifest's file. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify({ ...manifest, check: checkOf(manifest) }, null, 2)}\n`;
}

function checkOf(content: object): string {
  return sha256Of(JSON.stringify(content));
}

/** Beside the manifest: what the files were when their content was last verified, by path in the entry. */
const verifiedName = 'verified.json';
const verifiedSchema = z.record(z.string(), z.string());

async function readVerified(directory: string): Promise<Record<string, string>> {
  try {
    return verifiedSchema.parse(
      JSON.parse(await readFile(path.join(directory, verifiedName), 'utf8')),
    );
  } catch {
    return {};
  }
}

/** A cache that cannot be written is verified in full by every run. */
async function rememberVerified(directory: string, found: Record<string, string>): Promise<void> {
  const aside = path.join(directory, `.${verifiedName}-${process.pid}`);
  try {
    await writeFile(aside, JSON.stringify(found));
    await rename(aside, path.join(directory, verifiedName));
  } catch {
    await rm(aside, { force: true }).catch(() => undefined);
  }
}

/** Has the next one who wants an entry read all of it, and find what is wrong with it. */
export async function forgetVerified(directory: string): Promise<void> {
  await rm(path.join(directory, verifiedName), { force: true }).catch(() => undefined);
}
