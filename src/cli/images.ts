import { Argument, Command } from 'commander';
import { exitCodes, UsageError } from '../errors.ts';
import { ensureRequirements } from '../host/install.ts';
import { requirementsFor, type HostNeeds } from '../host/requirements.ts';
import { buildNeeds } from '../image/build-needs.ts';
import { loadCatalog } from '../image/catalog.ts';
import { ensureEntries } from '../image/ensure-entries.ts';
import { findEntries } from '../image/find-entries.ts';
import type { ImageProgress } from '../image/image-set.ts';
import { planEntries, type PlannedEntry } from '../image/plan.ts';
import { diskUsage, pruneCache } from '../image/prune.ts';
import { describeProgress } from '../report/progress.ts';
import { printableJson } from '../report/printable.ts';
import { arches, type Arch } from '../scenario/scenario.ts';
import { catchInterrupts } from './interrupt.ts';
import { archOption } from './parse-option.ts';

type Options = { arch: Arch[]; mirror?: string; withDeps?: boolean; json?: boolean };

/** `kexec-lab images`: the kernels, initramfs images and disks that scenarios boot. */
export function imagesCommand(): Command {
  const images = new Command('images').description('show, build and clean up what scenarios boot');
  subcommand(images, 'list', 'show the images and whether they are built', { isDefault: true })
    .option('--json', 'as JSON, with the versions of all packages')
    .action(list);
  subcommand(images, 'build', 'build what is not there yet')
    .option(...mirrorOption)
    .option(...withDepsOption)
    .action((names: string[], options: Options) => build(names, options, false));
  subcommand(images, 'refresh', 'build anew what has newer packages by now')
    .option(...mirrorOption)
    .option(...withDepsOption)
    .action((names: string[], options: Options) => build(names, options, true));
  subcommand(images, 'path', 'print where images are or will be').action(printPaths);
  images
    .command('prune')
    .description('remove downloads, and images of other versions')
    .action(prune);
  return images.addHelpText(
    'after',
    '\nExamples:\n  kexec-lab images\n  kexec-lab images build\n  kexec-lab images refresh mini-disk --arch arm',
  );
}

const mirrorOption = ['--mirror <url>', 'Debian mirror to download from'] as const;
const withDepsOption = [
  '--with-deps',
  'install the system packages that are missing, with apt',
] as const;

function subcommand(parent: Command, name: string, summary: string, options = {}): Command {
  return parent
    .command(name, options)
    .description(summary)
    .addArgument(new Argument('[recipe...]', 'names of images').default([], 'all'))
    .addOption(archOption());
}

function plan(names: string[], arch: Arch[]): PlannedEntry[] {
  const catalog = loadCatalog();
  const unknown = names.find((name) => !catalog.has(name));
  if (unknown !== undefined)
    throw new UsageError(`no image recipe \`${unknown}\``, {
      hint: `there are: ${[...catalog.keys()].join(', ')}`,
    });
  const wanted = names.length === 0 ? [...catalog.keys()] : names;
  return arches
    .filter((known) => arch.length === 0 || arch.includes(known))
    .flatMap((known) => planEntries(wanted, known, catalog));
}

async function list(names: string[], { arch, json }: Options): Promise<void> {
  const rows = (await Promise.all(arches.map((known) => rowsOf(plan(names, arch), known)))).flat();
  if (json) return void process.stdout.write(`${printableJson(rows)}\n`);
  for (const { name, arch: ofArch, manifest, bytes } of rows) {
    const state =
      manifest === null
        ? 'not built'
        : `${megabytes(bytes).padStart(7)}  ${manifest.release ?? ''}`;
    process.stdout.write(`${ofArch.padEnd(8)} ${name.padEnd(24)} ${state}\n`);
  }
}

async function rowsOf(planned: PlannedEntry[], arch: Arch) {
  const entries = planned.filter((entry) => entry.arch === arch);
  const manifests = await findEntries(entries);
  return Promise.all(
    entries.map(async ({ name, key, directory, output }) => {
      const [bytes, manifest] = [await diskUsage(directory), manifests.get(name) ?? null];
      return { name, arch, key, path: output, bytes, manifest };
    }),
  );
}

async function build(
  names: string[],
  { arch, mirror, withDeps = false }: Options,
  refresh: boolean,
): Promise<void> {
  const entries = plan(names, arch);
  await ensureRequirements(requirementsFor(needsOf(entries)), withDeps);
  const interrupt = catchInterrupts();
  const progress = showProgress();
  const { signal } = interrupt;
  const onEntry = ({ arch, name }: PlannedEntry, became: string) => {
    progress.finish(`${arch}/${name}: ${became}`);
  };
  const options = { ...(mirror && { mirror }), signal, onProgress: progress.show, onEntry };
  try {
    for (const known of arches) {
      const ofArch = entries.filter((entry) => entry.arch === known);
      await ensureEntries(ofArch, options, { refresh });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    process.exitCode = exitCodes.interrupted;
  } finally {
    progress.end();
    interrupt.release();
  }
}

type Progress = {
  show: (progress: ImageProgress) => void;
  /** Leaves a line that stays. */
  finish: (line: string) => void;
  end: () => void;
};

function needsOf(entries: readonly PlannedEntry[]): HostNeeds {
  return new Map(
    arches.map((known) => [known, buildNeeds(entries.filter(({ arch }) => arch === known))]),
  );
}

/** One line per step; on a terminal, one line that changes. */
function showProgress(): Progress {
  const rewrite = process.stderr.isTTY ? '\r\x1b[K' : null;
  let shown = '';
  return {
    show(progress) {
      const { image, step, share } = describeProgress(progress);
      const line = `${image}: ${step}`;
      if (rewrite !== null) process.stderr.write(`${rewrite}${line} ${share}`);
      else if (line !== shown) process.stderr.write(`${line}\n`);
      shown = line;
    },
    finish(line) {
      process.stderr.write(`${rewrite ?? ''}${line}\n`);
    },
    end() {
      if (rewrite !== null) process.stderr.write(rewrite);
    },
  };
}

function printPaths(names: string[], { arch }: Options): void {
  for (const { name, output } of plan(names, arch))
    if (names.length === 0 || names.includes(name)) process.stdout.write(`${output}\n`);
}

async function prune(): Promise<void> {
  const { removed, bytes } = await pruneCache({
    onWait: () => process.stderr.write('waiting for another kexec-lab that is building\n'),
  });
  const images = `${removed.length} image${removed.length === 1 ? '' : 's'}`;
  process.stdout.write(
    `Removed the downloads and ${images} of other versions: ${megabytes(bytes)}.\n`,
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
