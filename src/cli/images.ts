import { Argument, Command } from 'commander';
import type { Arch } from '../arch.ts';
import { arches } from '../arch.ts';
import { exitCodes, UnavailableError } from '../errors.ts';
import { cacheDirectory } from '../host/directories.ts';
import { diskUsage } from '../host/files.ts';
import type { PlannedEntry } from '../image/recipes/plan.ts';
import { ownRecipes } from '../image/recipes/recipe.ts';
import { pruneCache } from '../image/store/upkeep.ts';
import { findEntries } from '../image/store/entry.ts';
import type { ImagesDocument, Verified } from '../model/listing.ts';
import { printable, printableJson } from '../report/printable.ts';
import { standardOutput } from '../report/reporter.ts';
import { createStyle } from '../report/style.ts';
import type { BuildOptions } from './images-build.ts';
import { buildImages, planNamed } from './images-build.ts';
import { archOption, mirrorOption } from './options.ts';
import { addCandidateOptions } from './run-options.ts';

type Options = { arch: Arch[]; json?: boolean };

/** `list` is the default command, so it receives a mistyped command as the name of an image. */
const commands = ['list', 'build', 'refresh', 'path', 'prune'];

/** `kexec-lab images`: the kernels, initramfs images and disks that scenarios boot. */
export function imagesCommand(): Command {
  const images = new Command('images').description(
    'list, build, verify and remove the images that scenarios boot',
  );
  subcommand(images, 'list', 'list images and whether they are built', 'image names', {
    isDefault: true,
  })
    .option('--json', 'print JSON with the versions of all packages')
    .action(list);
  buildCommand(images, 'build', 'build missing images', { refresh: false });
  buildCommand(images, 'refresh', 'rebuild images that have newer packages', { refresh: true });
  subcommand(images, 'path', 'print the paths of images, built or not').action(printPaths);
  subcommand(images, 'verify', 'read every file in the cache and report damage')
    .option('--json', 'print JSON')
    .action(verify);
  images
    .command('prune')
    .description('remove downloads, checkpoints, and images of other versions')
    .option('--dry-run', 'show what would be removed; remove nothing')
    .action(prune);
  return images.addHelpText(
    'after',
    '\nExamples:\n  kexec-lab images\n  kexec-lab images build\n  kexec-lab images build tutorial\n  kexec-lab images refresh mini-disk --arch arm\n  kexec-lab images refresh --kernel debian:sid',
  );
}

function buildCommand(
  parent: Command,
  name: string,
  summary: string,
  how: { refresh: boolean },
): void {
  const command = subcommand(parent, name, summary, 'images, or scenarios that boot them')
    .addOption(mirrorOption('Debian mirror to download from'))
    .option('--with-deps', 'install missing system packages with apt');
  addCandidateOptions(command).action((names: string[], options: BuildOptions) =>
    buildImages(names, options, how),
  );
}

function subcommand(
  parent: Command,
  name: string,
  summary: string,
  what = 'image names',
  options = {},
): Command {
  return parent
    .command(name, options)
    .description(summary)
    .addArgument(new Argument('[recipe...]', what).default([], 'all'))
    .addOption(archOption());
}

async function list(names: string[], { arch, json }: Options): Promise<void> {
  const rows = (
    await Promise.all(
      arches.map((known) => rowsOf(planNamed(names, arch, ownRecipes, commands), known)),
    )
  ).flat();
  if (json) return void process.stdout.write(`${printableJson(rows)}\n`);
  const cells = rows.map(({ name, arch: ofArch, manifest, bytes }) => [
    ofArch.padEnd(7),
    name.padEnd(23),
    manifest === null
      ? 'not built'
      : `${megabytes(bytes).padStart(7)}  ${printable(manifest.release ?? '')}`,
  ]);
  const output = standardOutput();
  for (const line of createStyle(output).table(cells)) output.write(`${line}\n`);
}

async function rowsOf(planned: PlannedEntry[], arch: Arch): Promise<ImagesDocument> {
  const entries = planned.filter((entry) => entry.arch === arch);
  const manifests = await findEntries(entries);
  return Promise.all(
    entries.map(async ({ name, key, directory, output }) => {
      const [bytes, manifest] = [await diskUsage(directory), manifests.get(name) ?? null];
      return { name, arch, key, path: output, bytes, manifest };
    }),
  );
}

function printPaths(names: string[], { arch }: Options): void {
  for (const { name, output } of planNamed(names, arch, ownRecipes))
    if (names.length === 0 || names.includes(name)) process.stdout.write(`${output}\n`);
}

/**
 * `kexec-lab images verify`: reads every image in full and, if none is named, the downloads too. Damaged images are not
 * removed: the next run builds them again.
 * @throws UsageError for an unknown recipe; UnavailableError, after everything is printed, if something is damaged
 */
async function verify(
  names: string[],
  { arch, json }: { arch: Arch[]; json?: boolean },
): Promise<void> {
  // Loaded only for this command, so that `images` lists at once.
  const { verifyDownloads, verifyEntry } = await import('../image/store/upkeep.ts');
  const rows: Verified[] = [];
  const output = standardOutput();
  const style = createStyle(output);
  const show = (row: Verified): void => {
    rows.push(row);
    const { what, state, damage } = row;
    const line = `${state.padEnd(9)} ${what}${damage === null ? '' : `: ${damage}`}`;
    if (!json) output.write(`${style.wrap(printable(line), 10).join('\n')}\n`);
  };
  for (const entry of planNamed(names, arch, ownRecipes)) show(await verifyEntry(entry));
  if (names.length === 0) for await (const row of verifyDownloads(cacheDirectory())) show(row);
  if (json) process.stdout.write(`${printableJson(rows)}\n`);
  const damaged = rows.filter(({ state }) => state === 'damaged');
  if (damaged.length === 0) return;
  if (json) {
    process.exitCode = exitCodes.unavailable;
    return;
  }
  throw new UnavailableError(
    `${damaged.length} of ${rows.length} images and downloads are damaged`,
    {
      hint: 'The next run builds damaged images again; kexec-lab images build does it now.',
    },
  );
}

async function prune({ dryRun = false }: { dryRun?: boolean }): Promise<void> {
  const { removed, bytes } = await pruneCache({
    dryRun,
    onWait: () => process.stderr.write('waiting for another kexec-lab that is building images\n'),
  });
  if (dryRun) for (const path of removed) process.stdout.write(`${printable(path, 4096)}\n`);
  const images = `${removed.length} image${removed.length === 1 ? '' : 's'}`;
  const output = standardOutput();
  const done = `${dryRun ? 'Would remove' : 'Removed'} the downloads, the checkpoints and ${images} of other versions: ${megabytes(bytes)}.`;
  output.write(`${createStyle(output).wrap(done).join('\n')}\n`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
