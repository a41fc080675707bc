import { mkdir, mkdtemp, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { digestOf, shortDigest } from '../../host/files.ts';
import type { Manifest } from '../../model/listing.ts';
import type { PlannedEntry } from '../recipes/plan.ts';
import type { Recipe } from '../recipes/recipe.ts';
import { inputsOf } from '../recipes/recipe.ts';
import { manifestText } from '../store/entry.ts';
import type { BuildContext, Built } from './build-context.ts';
import { buildCandidateKernel, buildKernel } from './kernel.ts';
import { buildCandidateSystem, buildSystem } from './system.ts';
import { buildSystemDisk } from './system-disk.ts';
import { copyInitramfs, buildInitramfs, buildMiniDisk } from './tree.ts';

type BuildOptions = Omit<BuildContext, 'arch' | 'scratch' | 'output'> & {
  /** The directory for temporary files, on the same file system as the entries. */
  temporary: string;
};

/** Builds an entry in a temporary directory, then moves it into its place, so that a partial entry is never visible. */
export async function buildEntry(planned: PlannedEntry, options: BuildOptions): Promise<Manifest> {
  const { temporary, ...context } = options;
  const began = process.hrtime.bigint();
  await mkdir(temporary, { recursive: true });
  const work = await mkdtemp(path.join(temporary, `${path.basename(planned.name)}-`));
  try {
    const [scratch, output] = [path.join(work, 'scratch'), path.join(work, 'entry')];
    await mkdir(scratch);
    await mkdir(output);
    const built = await build(planned.recipe, { ...context, arch: planned.arch, scratch, output });
    const buildSeconds = Number((process.hrtime.bigint() - began) / 1_000_000n) / 1000;
    const manifest = {
      ...(await describe(planned, built, output)),
      inputs: fingerprints(planned, context),
      buildSeconds,
    };
    await writeFile(path.join(output, 'manifest.json'), manifestText(manifest));
    await publish(output, planned.directory, work);
    return manifest;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Builds a recipe's image into `context.output`. Throws UnavailableError if a download or a tool fails. */
export function build(recipe: Recipe, context: BuildContext): Promise<Built> {
  switch (recipe.kind) {
    case 'kernel':
      return 'source' in recipe
        ? buildCandidateKernel(recipe, context)
        : buildKernel(recipe, context);
    case 'initramfs':
      return 'file' in recipe ? copyInitramfs(recipe, context) : buildInitramfs(recipe, context);
    case 'system':
      return 'base' in recipe
        ? buildCandidateSystem(recipe, context)
        : buildSystem(recipe, context);
    case 'disk':
      return 'system' in recipe ? buildSystemDisk(recipe, context) : buildMiniDisk(recipe, context);
  }
}

function fingerprints({ recipe }: PlannedEntry, { input }: Pick<BuildContext, 'input'>) {
  return Object.fromEntries(
    inputsOf(recipe).map((name) => [name, input(name).manifest.fingerprint]),
  );
}

async function describe(
  { name, arch, key }: PlannedEntry,
  { packages, release }: Built,
  output: string,
): Promise<Omit<Manifest, 'inputs' | 'buildSeconds'>> {
  const outputs: Manifest['outputs'] = {};
  for (const entry of await readdir(output, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const { size } = await stat(file);
    outputs[path.relative(output, file)] = { size, sha256: await digestOf(file) };
  }
  return {
    recipe: name,
    arch,
    key,
    release,
    packages: packages.map(({ name, version, architecture, suite, sha256 }) => {
      return { name, version, architecture, suite, sha256 };
    }),
    fingerprint: shortDigest(JSON.stringify(outputs)),
    outputs,
  };
}

/** Replaces the existing entry, if any. The content is flushed to disk before the rename. */
async function publish(output: string, directory: string, work: string): Promise<void> {
  for (const entry of await readdir(output, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) await sync(path.join(entry.parentPath, entry.name));
  await mkdir(path.dirname(directory), { recursive: true });
  await rename(directory, path.join(work, 'replaced')).catch(ignoreMissing);
  await rename(output, directory);
  await sync(path.dirname(directory));
}

async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r');
  await handle.sync().finally(() => handle.close());
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
