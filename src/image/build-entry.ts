import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { build } from './build.ts';
import type { BuildContext, Built } from './build-context.ts';
import type { Manifest } from './entry.ts';
import type { PlannedEntry } from './plan.ts';

type BuildOptions = Omit<BuildContext, 'arch' | 'scratch' | 'output'> & {
  /** Where to work; on the same file system as the entries. */
  temporary: string;
};

/** Builds one entry aside and moves it into its place whole, so that nobody ever sees a part of it. */
export async function buildEntry(planned: PlannedEntry, options: BuildOptions): Promise<Manifest> {
  const { temporary, ...context } = options;
  const began = process.hrtime.bigint();
  await mkdir(temporary, { recursive: true });
  const work = await mkdtemp(path.join(temporary, `${planned.name}-`));
  try {
    const [scratch, output] = [path.join(work, 'scratch'), path.join(work, 'entry')];
    await mkdir(scratch);
    await mkdir(output);
    const built = await build(planned.recipe, { ...context, arch: planned.arch, scratch, output });
    const buildSeconds = Number((process.hrtime.bigint() - began) / 1_000_000n) / 1000;
    const manifest = await describe(planned, built, output, buildSeconds);
    await writeFile(path.join(output, 'manifest.json'), JSON.stringify(manifest, null, 2) + '\n');
    await publish(output, planned.directory, work);
    return manifest;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function describe(
  { name, arch, key }: PlannedEntry,
  built: Built,
  output: string,
  buildSeconds: number,
): Promise<Manifest> {
  const packages = built.packages.map((found) => ({
    name: found.name,
    version: found.version,
    architecture: found.architecture,
    suite: found.suite,
    sha256: found.sha256,
  }));
  const outputs: Manifest['outputs'] = {};
  for (const entry of await readdir(output, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    outputs[path.relative(output, file)] = {
      size: (await stat(file)).size,
      sha256: await hashFile(file),
    };
  }
  return { recipe: name, arch, key, packages, outputs, release: built.release, buildSeconds };
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Replaces whatever is in the entry's place. The content reaches the disk before the name does. */
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
