import { chmod, copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { architectures } from '../arch.ts';
import { brought, intactFile } from './brought-files.ts';
import type { BuildContext, Built } from './build-context.ts';
import { readDebControl } from './deb-control.ts';
import { toolsVersion } from './kexec-tools-version.ts';
import { kexecTools, treeSelections } from './package-selection.ts';
import { unpackPackages } from './packages.ts';
import type { ToolsSource, TreeRecipe } from './recipe.ts';
import { unpackBrought } from './unpack-brought.ts';

type Unpacked = Pick<Built, 'packages'> & { directories: string[] };

/**
 * The packages of a tree, each unpacked into a directory of its own; what is in several directories counts in the first.
 * kexec-tools that were brought come first of all, and take their libraries from the suite's own.
 */
export async function unpackTreePackages(
  recipe: TreeRecipe,
  context: BuildContext,
): Promise<Unpacked> {
  const { arch, scratch, packageOptions } = context;
  const { tools } = recipe;
  const all: Unpacked = { packages: [], directories: [] };
  for (const [index, selection] of treeSelections(recipe, arch).entries()) {
    const target = path.join(scratch, 'packages', String(index));
    const { packages, directories } = await unpackPackages(selection, target, packageOptions);
    all.packages.push(...packages);
    all.directories.push(...directories);
  }
  if (tools === undefined || 'suite' in tools) return all;
  const own = await unpackTools(tools, context);
  return {
    packages: [...own.packages, ...all.packages.filter(({ name }) => name !== kexecTools)],
    directories: [...own.directories, ...all.directories],
  };
}

async function unpackTools(
  tools: Exclude<ToolsSource, { suite: string }>,
  { arch, scratch, packageOptions: { cache }, signal }: BuildContext,
): Promise<Unpacked> {
  const directory = path.join(scratch, kexecTools);
  await mkdir(path.join(directory, 'usr/sbin'), { recursive: true });
  if ('deb' in tools) {
    const deb = await intactFile(cache, tools.deb);
    await unpackBrought(deb, directory, signal);
    const control = await readDebControl(deb, signal);
    return {
      packages: [{ ...control, suite: brought, sha256: tools.deb }],
      directories: [directory],
    };
  }
  const [program, target] = [
    await intactFile(cache, tools.program),
    path.join(directory, 'usr/sbin/kexec'),
  ];
  await copyFile(program, target);
  await chmod(target, 0o755);
  const version = (await toolsVersion(program)) ?? 'unknown';
  const architecture = architectures[arch].debian;
  const found = { name: kexecTools, version, architecture, suite: brought, sha256: tools.program };
  return { packages: [found], directories: [directory] };
}
