import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { BuildContext, Built } from './build-context.ts';
import { recipesDirectory } from './catalog.ts';
import { writeDisk, type Owner } from './disk-image.ts';
import { addLinks, addOverlay } from './file-tree.ts';
import { outputNames, type SystemDiskRecipe } from './recipe.ts';
import { runTool } from './run-tool.ts';
import { treeNames } from './tree-names.ts';

/** A disk with a finished system on its partition, every file with the owner and the mode it was installed with. */
export async function buildSystemDisk(
  recipe: SystemDiskRecipe,
  context: BuildContext,
): Promise<Built> {
  const { scratch, output, onStep, signal } = context;
  const { directory, manifest } = context.input(recipe.system);
  const rootfs = path.join(directory, outputNames.system);
  onStep('unpacking the system');
  const tree = path.join(scratch, 'tree');
  await mkdir(tree);
  const whole = ['--no-same-owner', '--preserve-permissions'];
  await runTool('tar', ['--extract', '--file', rootfs, '--directory', tree, ...whole], { signal });
  const { stdout } = await runTool('tar', [...listing, '--file', rootfs], { signal });
  for (const overlay of recipe.overlays)
    await addOverlay(tree, path.join(recipesDirectory, overlay));
  await addLinks(tree, recipe.links);

  onStep('writing the disk');
  const owners = new Map(parseOwners(stdout).map((owner) => [owner.name, owner]));
  const everyone = (await treeNames(tree)).map(
    (name) => owners.get(name) ?? { name, uid: 0, gid: 0 },
  );
  await writeDisk(path.join(output, outputNames.disk), tree, everyone, recipe.size, signal);
  return { packages: [], release: manifest.release };
}

const listing = ['--list', '--verbose', '--numeric-owner', '--quoting-style=literal'];

/** Owners in what `tar --list --verbose --numeric-owner` prints: mode, uid/gid, size, date, time, name, link. */
export function parseOwners(listing: string): Owner[] {
  const lines = listing.matchAll(
    /^[-dlh]\S+ (\d+)\/(\d+) +\d+ \S+ \S+ \.\/(.*?)\/?(?: -> .*| link to .*)?$/gm,
  );
  return Array.from(lines, ([, uid, gid, name = '']) => ({
    name,
    uid: Number(uid),
    gid: Number(gid),
  }));
}
