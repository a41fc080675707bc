import { link, mkdir, writeFile, copyFile, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { architectures } from '../../arch.ts';
import { makeReadable } from '../../debian/deb-file.ts';
import type { Stanza, ArchivePackage } from '../../debian/mirror.ts';
import { fetchPackages } from '../../debian/packages.ts';
import { UnavailableError } from '../../errors.ts';
import { runTool } from '../../host/processes.ts';
import { systemPackages, systemSelection } from '../recipes/package-selection.ts';
import { systemScript } from '../recipes/plan.ts';
import {
  recipesDirectory,
  outputNames,
  systemFiles,
  type CandidateSystemRecipe,
  type SystemRecipe,
} from '../recipes/recipe.ts';
import type { BuildContext, Built } from './build-context.ts';
import { layOutKernel } from './kernel.ts';
import { addOverlay, archiveTree, settleModes } from './file-tree.ts';
import { runInNamespace } from './in-namespace.ts';
import { mapAllUsers, planNamespace, emulatorFor, namespaceFacts } from './namespace.ts';

/**
 * Builds a complete Debian system: `rootfs.tar` (owners by number), its kernel `vmlinuz`, and the `initrd.img` that its own
 * initramfs-tools built. apt downloads and verifies the packages; mmdebstrap installs them without a network.
 */
export async function buildSystem(recipe: SystemRecipe, context: BuildContext): Promise<Built> {
  const { arch, packageOptions, onStep } = context;
  const { packages, debs } = await fetchPackages(systemSelection(recipe, arch), packageOptions);

  onStep('preparing the packages');
  const parts = await prepareParts(recipe.overlays, context);
  await writeRepository(path.join(parts, 'repository'), packages, debs);
  await writeFile(path.join(parts, 'masks'), recipe.masks.map((unit) => `${unit}\n`).join(''));
  const release = await installSystem(
    { parts, packages: systemPackages(recipe, arch), total: packages.length },
    context,
  );
  return { packages, release };
}

/**
 * Builds the same files of a finished system whose kernel is replaced by one under test. Its own initramfs-tools builds the
 * initrd.
 */
export async function buildCandidateSystem(
  recipe: CandidateSystemRecipe,
  context: BuildContext,
): Promise<Built> {
  const parts = await prepareParts(recipe.overlays, context);
  const packages = await layOutKernel(recipe.source, context, path.join(parts, 'overlay'));
  const base = path.join(context.input(recipe.base).directory, outputNames.system);
  return { packages, release: await installSystem({ parts, base }, context) };
}

/** Creates a directory with build-system.sh and its input. */
async function prepareParts(
  overlays: readonly string[],
  { scratch }: BuildContext,
): Promise<string> {
  const parts = path.join(scratch, 'parts');
  const overlay = path.join(parts, 'overlay');
  await mkdir(overlay, { recursive: true });
  for (const name of overlays) await addOverlay(overlay, path.resolve(recipesDirectory, name));
  await copyFile(path.join(recipesDirectory, systemScript), path.join(parts, systemScript));
  return parts;
}

/** Creates a directory that apt can install from: `Packages`, and each .deb (`debs`, in the order of `packages`). */
export async function writeRepository(
  directory: string,
  packages: readonly ArchivePackage[],
  debs: readonly string[],
): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [index, { sha256 }] of packages.entries())
    await link(debs[index] ?? '', path.join(directory, `${sha256}.deb`));
  await writeFile(path.join(directory, 'Packages'), packages.map(packageEntry).join('\n'));
}

/** A package's paragraph for `Packages`, with the path of its file in that directory. */
export function packageEntry({ stanza, sha256 }: ArchivePackage): string {
  const fields: Stanza = { ...stanza, Filename: `./${sha256}.deb` };
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}

/** Extracts the system's kernel and initrd, to boot it without its disk. Returns the kernel's release. */
async function takeBootFiles(
  rootfs: string,
  output: string,
  scratch: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const boot = path.join(scratch, 'boot');
  await mkdir(boot);
  const names = ['--wildcards', './boot/vmlinuz-*', './boot/initrd.img-*'];
  await runTool('tar', ['--extract', '--file', rootfs, '--directory', boot, ...names], { signal });
  await makeReadable(boot, signal);
  const files = await readdir(path.join(boot, 'boot'));
  const [kernel = '', ...others] = files.filter((file) => file.startsWith('vmlinuz-'));
  const release = kernel.replace('vmlinuz-', '');
  if (release === '' || others.length > 0 || !files.includes(`initrd.img-${release}`))
    throw new UnavailableError(
      `the system must have one kernel and its initrd, but has: ${files.join(', ')}`,
    );
  await rename(path.join(boot, 'boot', kernel), path.join(output, systemFiles.kernel));
  await rename(
    path.join(boot, 'boot', `initrd.img-${release}`),
    path.join(output, systemFiles.initramfs),
  );
  return release;
}

type Installation = {
  /** A directory with build-system.sh and its input. */
  parts: string;
} & (
  | {
      /** The packages to install in addition to the base system. */
      packages: readonly string[];
      /** How many packages are installed in total. */
      total: number;
    }
  | {
      /** The finished system whose kernel is replaced, as a tar archive. */
      base: string;
    }
);

/** The host's libraries. Programs that use them can replace emulated ones. */
const hostLibraries = '/usr/lib/x86_64-linux-gnu';

/**
 * Installs Debian with build-system.sh. Returns the kernel's release. Throws UnavailableError if the host does not permit the
 * namespaces needed (the hint says how to permit them), and if the installation fails.
 */
async function installSystem(
  { parts, ...from }: Installation,
  { arch, scratch, output, onStep, signal }: BuildContext,
): Promise<string> {
  await settleModes(parts, signal);
  const archive = path.join(scratch, 'parts.tar');
  await archiveTree(parts, archive, signal);
  const rootfs = path.join(output, outputNames.system);
  const isFinished = 'base' in from;
  const plan = planNamespace(await namespaceFacts(emulatorFor(arch)));
  const { emulator } = plan;
  const libraries = emulator !== null && process.arch === 'x64' ? hostLibraries : '-';
  const progress = systemProgress(isFinished ? 0 : from.total);
  const packages = isFinished ? '-' : from.packages.join(',');
  await runInNamespace(plan, {
    what: 'installing Debian',
    archive,
    script: systemScript,
    args: [architectures[arch].debian, emulator ?? '-', libraries, packages],
    output: rootfs,
    ...(isFinished && { material: from.base }),
    onLine: (line) => {
      const step = progress(line);
      if (step !== null) onStep(step.step, step.amount);
    },
    signal,
  });
  onStep('extracting the kernel and its initrd');
  return takeBootFiles(rootfs, output, scratch, signal);
}

/** Messages of build-system.sh and its namespace that are not shown to the user. */
const forTheLab = [mapAllUsers, 'kexec-lab: done'];

/** mmdebstrap's stages, in the words that the user sees. */
const stages: [RegExp, string][] = [
  [/^I: extracting archives/, 'unpacking the essential packages'],
  [/^I: installing essential packages/, 'installing the essential packages'],
  [/^I: installing remaining packages/, 'installing the other packages'],
];

/**
 * Follows an installation by the output of mmdebstrap, dpkg and build-system.sh. Counts packages as they are set up, out
 * of `total`. Returns a function that returns the progress that a line of output reports, if any.
 */
export function systemProgress(
  total: number,
): (line: string) => { step: string; amount?: { done: number; total: number } } | null {
  let step = 'installing the packages';
  let done = 0;
  return (line) => {
    if (forTheLab.includes(line)) return null;
    const [, own] = /^kexec-lab: (.+)$/.exec(line) ?? [];
    const next = own ?? stages.find(([pattern]) => pattern.test(line))?.[1];
    if (next !== undefined) return { step: (step = next) };
    if (!/^Setting up \S+ \(/.test(line)) return null;
    done += 1;
    return { step, amount: { done, total } };
  };
}
