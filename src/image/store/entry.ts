import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { fileReason } from '../../file-error.ts';
import { digestOf, digestOnce, fileIdentity, sha256Of } from '../../host/files.ts';
import type { Manifest } from '../../model/listing.ts';
import { manifestSchema } from '../../model/listing.ts';
import type { PlannedEntry } from '../recipes/plan.ts';
import { inputsOf } from '../recipes/recipe.ts';

/** The manifests of finished entries, by recipe name. */
export type Manifests = Map<string, Manifest>;

/**
 * Finds the usable entries among those of one architecture, given inputs first: those that are intact and were built from
 * the current versions of their inputs. (A rebuilt kernel may be newer, and an old initramfs lacks its modules.)
 * @param onDamage called for an entry whose content differs from what was built
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

/** The manifest of an intact entry, or the damage that makes the entry unusable. Both null if there is no entry. */
type ReadEntry = { manifest: Manifest | null; damage: string | null };

/**
 * Reads an entry and verifies its files. Files that were not written since they were last verified (see `fileIdentity`)
 * are not read again. An entry with a missing or incomplete manifest counts as missing, not as damaged.
 * @param full reads every file completely
 */
export async function readEntry(directory: string, { full = false } = {}): Promise<ReadEntry> {
  const manifest = await readManifest(directory);
  if (manifest === null) return { manifest: null, damage: null };
  if (manifest === 'damaged') return damaged('manifest.json has changed');
  const known = full ? {} : await readVerified(directory);
  const found: Record<string, string> = {};
  for (const [file, { size, sha256 }] of Object.entries(manifest.outputs)) {
    const place = path.join(directory, file);
    try {
      if ((await stat(place)).size !== size) return damaged(`${file} has the wrong size`);
      const identity = await fileIdentity(place);
      found[file] = identity;
      if (known[file] === identity) continue;
      const digest = await (full ? digestOf(place) : digestOnce(place));
      if (digest !== sha256) return damaged(`${file} has the wrong content`);
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

/** A manifest as written to its file, with a digest of the rest. Manifests of earlier versions have no digest. */
const checkedSchema = z.looseObject({ check: z.string().optional() });

/** The text of a manifest's file. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify({ ...manifest, check: checkOf(manifest) }, null, 2)}\n`;
}

function checkOf(content: object): string {
  return sha256Of(JSON.stringify(content));
}

/** Next to the manifest: the identities of the files when their content was last verified, by path in the entry. */
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

/** If the cache is read-only, every run verifies the entry in full. */
async function rememberVerified(directory: string, found: Record<string, string>): Promise<void> {
  const aside = path.join(directory, `.${verifiedName}-${process.pid}`);
  try {
    await writeFile(aside, JSON.stringify(found));
    await rename(aside, path.join(directory, verifiedName));
  } catch {
    await rm(aside, { force: true }).catch(() => undefined);
  }
}

/** Makes the next use of an entry verify it in full. */
export async function forgetVerified(directory: string): Promise<void> {
  await rm(path.join(directory, verifiedName), { force: true }).catch(() => undefined);
}
