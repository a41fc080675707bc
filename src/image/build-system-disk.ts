import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { BuildContext, Built } from './build-context.ts';
import { recipesDirectory } from './catalog.ts';
import { diskScript } from './content-key.ts';
import { partitionDisk } from './disk-image.ts';
import { addLinks, addOverlay } from './file-tree.ts';
import { runInNamespace } from './in-namespace.ts';
import { namespaceFacts } from './namespace-facts.ts';
import { planNamespace } from './namespace.ts';
import { outputNames, type SystemDiskRecipe } from './recipe.ts';
import { archiveTree, settleModes } from './tree-archive.ts';

/** A disk with a finished system on its partition: every file has the owner, mode and attributes it was installed with. */
export async function buildSystemDisk(
  recipe: SystemDiskRecipe,
  context: BuildContext,
): Promise<Built> {
  const { scratch, output, onStep, signal } = context;
  const { directory, manifest } = context.input(recipe.system);
  onStep('writing the disk');
  const [parts, overlay] = [path.join(scratch, 'parts'), path.join(scratch, 'overlay')];
  await mkdir(parts);
  await mkdir(overlay);
  for (const name of recipe.overlays) await addOverlay(overlay, path.join(recipesDirectory, name));
  await addLinks(overlay, recipe.links);
  await settleModes(overlay, signal);
  await archiveTree(overlay, path.join(parts, 'overlay.tar'), signal);
  await copyFile(path.join(recipesDirectory, diskScript), path.join(parts, diskScript));
  const archive = path.join(scratch, 'parts.tar');
  await archiveTree(parts, archive, signal);

  const disk = path.join(output, outputNames.disk);
  const root = await partitionDisk(disk, { sizeMiB: recipe.size, espMiB: 0 }, signal);
  // No program of the system's is run: no emulator is needed.
  await runInNamespace(planNamespace(await namespaceFacts(null)), {
    what: 'writing the disk',
    archive,
    script: diskScript,
    args: [String(root.offsetMiB), String(root.blocks)],
    output: disk,
    material: path.join(directory, outputNames.system),
    signal,
  });
  return { packages: [], release: manifest.release };
}
