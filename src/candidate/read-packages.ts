import { readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Arch } from '../arch.ts';
import { arches, architectures, archWith } from '../arch.ts';
import { listDeb, readDebControl } from '../debian/deb-file.ts';
import { UsageError } from '../errors.ts';
import type { TarMember } from '../formats/archive.ts';
import { releaseOfImage, mostKernelBytes } from '../formats/kernel.ts';
import { sizeInWords } from '../host/user-file.ts';

/**
 * Checks the packages of one kernel and returns their architecture. Throws UsageError for a damaged package, for packages
 * of different or unsupported architectures, and if none of them contains a kernel.
 */
export async function readDebs(
  files: readonly string[],
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Arch> {
  const found = new Map<string, string>();
  const members: TarMember[] = [];
  for (const [index, file] of files.entries()) {
    const name = names[index] ?? file;
    const { architecture } = await named(`--kernel ${name}`, readDebControl(file, signal));
    if (architecture !== 'all') found.set(architecture, name);
    members.push(...(await named(`--kernel ${name}`, listDeb(file, signal))));
  }
  const [architecture, other] = found.keys();
  const all = names.join(',');
  if (other !== undefined)
    throw new UsageError(
      `--kernel ${all}: the packages are for different architectures, ${architecture} and ${other}`,
    );
  const arch = archOf(architecture, `--kernel ${all}`);
  const kernels = members.filter(({ name }) => kernelPath.test(name));
  const [kernel] = kernels;
  if (kernel === undefined)
    throw new UsageError(`--kernel ${all}: no kernel found in ${hintOf(files)}`, {
      hint: 'From Debian 14 on, the kernel is in linux-binary-…, its modules in linux-modules-… and its configuration in linux-base-…. Before, all of it was in linux-image-….',
    });
  const releases = [...new Set(kernels.map(({ name }) => releaseIn(name)))].sort();
  if (releases.length > 1)
    throw new UsageError(
      `--kernel ${all}: ${hintOf(files)} contain several kernels: ${releases.join(', ')}`,
      {
        hint: 'Name the packages of one kernel, with commas between them.',
      },
    );
  if (!kernels.some(isFileOrLink))
    throw new UsageError(`--kernel ${all}: ${kernel.name} in it is a ${kernel.kind}, not a file`);
  const large = kernels.find(({ size }) => size > mostKernelBytes);
  if (large !== undefined)
    throw new UsageError(
      `--kernel ${all}: ${large.name} in it is larger than ${sizeInWords(mostKernelBytes)}`,
    );
  return arch;
}

/** The target of a link is checked when the package is unpacked. */
function isFileOrLink({ kind, size }: TarMember): boolean {
  return (kind === 'file' && size > 0) || kind === 'link' || kind === 'hard link';
}

const kernelPath = /^\/(?:boot\/vmlinuz-[^/]+|(?:usr\/)?lib\/modules\/[^/]+\/vmlinuz)$/;

/** The release in a path that {@link kernelPath} matches. */
function releaseIn(name: string): string {
  return /vmlinuz-([^/]+)$/.exec(name)?.[1] ?? name.split('/').at(-2) ?? '';
}

/** Checks a kexec-tools package and returns its architecture. Throws UsageError if it is another package. */
export async function readToolsDeb(file: string, signal?: AbortSignal): Promise<Arch> {
  const option = '--kexec-tools';
  const { architecture } = await named(`${option} ${file}`, readDebControl(file, signal));
  const members = await named(`${option} ${file}`, listDeb(file, signal));
  const isProgram = ({ name, kind }: TarMember) =>
    kind === 'file' && /^\/(usr\/)?sbin\/kexec$/.test(name);
  if (!members.some(isProgram))
    throw new UsageError(`${option} ${file}: no kexec program found in this package`);
  return archOf(architecture, `${option} ${file}`);
}

function archOf(architecture: string | undefined, what: string): Arch {
  const arch = architecture === undefined ? undefined : archWith('debian', architecture);
  if (arch !== undefined) return arch;
  const wanted = arches.map((known) => architectures[known].debian).join(' or ');
  throw new UsageError(
    `${what}: this is a package for ${architecture ?? 'all'}, not for ${wanted}`,
  );
}

function hintOf(files: readonly string[]): string {
  return files.length === 1 ? 'this package' : 'these packages';
}

/** Adds the package's name to an error. */
async function named<T>(place: string, reading: Promise<T>): Promise<T> {
  return reading.catch((error: unknown) => {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(error.message, { place, cause: error });
  });
}

/** The files of one kernel. */
export type KernelFiles = {
  kernel: string;
  config?: string | undefined;
  modules?: { release: string; directory: string } | undefined;
  initrd?: string | null;
};

/**
 * Finds one kernel in a directory laid out by `make install` or by packages: `vmlinuz…`, `config…` and `initrd…` in the
 * directory or its `boot`, modules in `lib/modules/<release>` or `usr/lib/modules/<release>`. Returns null if there is no
 * kernel. Throws UsageError if there is more than one.
 */
export async function readDirectory(directory: string): Promise<KernelFiles | null> {
  const files = (await Promise.all(['', 'boot'].map((sub) => namesIn(directory, sub)))).flat();
  const releases = await modulesIn(directory);
  const images = files.filter(({ name }) => /^(vmlinuz|vmlinux|Image|zImage)(-|$)/.test(name));
  const beside = releases.filter(({ names }) => names.includes('vmlinuz'));
  const kernels = await eachOnce([
    ...images.map(({ file, name }) => ({ file, release: /-(.+)$/.exec(name)?.[1] ?? null })),
    ...beside.map((modules) => ({
      file: path.join(modules.directory, 'vmlinuz'),
      release: modules.release,
    })),
  ]);
  const [found, another] = kernels;
  if (found === undefined) return null;
  if (another !== undefined)
    throw new UsageError(
      `--kernel ${directory}: this directory has several kernels: ${kernels
        .map(({ file }) => path.relative(directory, file))
        .sort()
        .join(', ')}`,
      { hint: 'Choose a directory with one kernel.' },
    );
  const release = found.release ?? (await releaseOfImage(found.file));
  const modules = modulesOf(directory, releases, release);
  const named = (prefix: RegExp) =>
    files.find(({ name }) => {
      const [, suffix] = prefix.exec(name) ?? [];
      return suffix !== undefined && (suffix === '' || suffix === (release ?? modules?.release));
    })?.file;
  return {
    kernel: found.file,
    config:
      named(/^config-?(.*)$/) ??
      (modules?.names.includes('config') ? path.join(modules.directory, 'config') : undefined),
    modules,
    initrd: named(/^(?:initrd|initramfs)(?:\.img)?-?(.*?)(?:\.img)?$/) ?? null,
  };
}

/** Packages that a kernel's build writes beside the kernel, and that do not take part in a boot. */
const notBooted = /^linux-(headers|libc-dev|kbuild|source|doc)|-dbg(sym)?_/;

/**
 * The packages in a directory: the `.deb` files directly in it, without headers and debug symbols.
 * @throws UsageError if there are none
 */
export async function debsIn(directory: string): Promise<string[]> {
  const names = (await namesIn(directory, '')).filter(({ name }) => name.endsWith('.deb'));
  const booted = names.filter(({ name }) => !notBooted.test(name)).map(({ file }) => file);
  if (booted.length > 0) return booted;
  throw new UsageError(`--kernel ${directory}: no kernel found in this directory`, {
    hint: 'Name a directory with the .deb files of a kernel, or with vmlinuz, vmlinuz-RELEASE or boot/vmlinuz-RELEASE.',
  });
}

type Kernel = { file: string; release: string | null };

/** Removes duplicates: `vmlinuz` may be a link to `boot/vmlinuz-…`. Keeps the name that has the release. */
async function eachOnce(kernels: Kernel[]): Promise<Kernel[]> {
  const known = new Map<string, Kernel>();
  for (const kernel of kernels) {
    const real = await realpath(kernel.file).catch(() => kernel.file);
    if ((known.get(real)?.release ?? null) === null) known.set(real, kernel);
  }
  return [...known.values()];
}

type Modules = { release: string; directory: string; names: string[] };

/** The modules of a kernel. If its release is unknown, the only modules there are. */
function modulesOf(
  directory: string,
  releases: Modules[],
  release: string | null,
): Modules | undefined {
  const own = releases.find((modules) => modules.release === release);
  if (own !== undefined || releases.length === 0) return own;
  if (release === null && releases.length === 1) return releases[0];
  throw new UsageError(
    `--kernel ${directory}: the modules are for ${releases.map((modules) => modules.release).join(', ')}, not for ${release ?? 'this kernel'}`,
  );
}

async function modulesIn(directory: string): Promise<Modules[]> {
  const all: Modules[] = [];
  for (const lib of ['lib/modules', 'usr/lib/modules']) {
    const place = path.join(directory, lib);
    for (const release of await readdir(place).catch(() => [])) {
      const own = path.join(place, release);
      all.push({ release, directory: own, names: await readdir(own).catch(() => []) });
    }
  }
  return [...new Map(all.map((modules) => [modules.release, modules])).values()];
}

async function namesIn(directory: string, sub: string): Promise<{ name: string; file: string }[]> {
  const place = path.join(directory, sub);
  const entries = await readdir(place, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => ({ name, file: path.join(place, name) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
