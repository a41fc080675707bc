import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Arch } from '../../arch.ts';
import { readInitramfs } from '../../formats/initramfs.ts';
import type { KernelKind } from '../../formats/kernel.ts';
import { zbootHeader, kernelKind, kernelTrouble, pageSizeIn } from '../../formats/kernel.ts';
import type { ZImageLayout } from '../../formats/zimage.ts';
import { zImageLayout } from '../../formats/zimage.ts';
import { moduleName } from '../../image/build/file-tree.ts';
import type { MiniDiskRecipe, SystemDiskRecipe } from '../../image/recipes/recipe.ts';
import { configName, outputNames } from '../../image/recipes/recipe.ts';
import type { Manifest } from '../../model/listing.ts';
import { keptFile } from '../../image/store/kept-files.ts';
import type { Kexec, RootDisk, KernelConfig, LoadFacts, ToolsFacts } from './load-facts.ts';

/** The facts about a kernel that can be found without booting it. */
export type KernelFacts = {
  arch: Arch;
  /** The user's name for it. */
  name: string;
  kind: KernelKind;
  /** Why it is not a bootable kernel, as the end of a sentence; null if nothing is wrong. */
  trouble: string | null;
  /** The compression of an EFI zboot image's payload. */
  zbootCompression: string | null;
  layout: ZImageLayout | null;
  /** The page size that its arm64 Image names, in bytes; null if it names none. */
  pageSize: number | null;
  release: string | null;
  /** Null if unknown. */
  config: KernelConfig | null;
  /** Names of built-in modules, with `_`; null if unknown. */
  builtIn: ReadonlySet<string> | null;
  /** Names of those modules needed by the machines that it has; null if it has none. */
  modules: ReadonlySet<string> | null;
};

/** The same about an initramfs that belongs to the kernel. */
export type InitrdFacts = {
  name: string;
  bytes: number;
  /** Why it is not a valid initramfs, as the end of a sentence; null if nothing is wrong. */
  trouble: string | null;
  /** Releases of the kernels whose modules are in it; null if it could not be unpacked. */
  releases: readonly string[] | null;
  modules: ReadonlySet<string>;
  /** Names of the modules that its `modules.builtin` says are built into the kernel; null if it has no such list. */
  builtIn: ReadonlySet<string> | null;
};

/** A disk with the second kernel's root file system. */
type DiskFacts = RootDisk & {
  /** Its partitions in order, with the file system of each. */
  partitions: readonly { filesystem: string }[];
  /** The root file system, such as `ext4`, and whether it is on a logical volume. */
  root: { filesystem: string; isVolume: boolean };
  source: string;
};

/** The disk of a machine, and the second kernel's command line, which names the root file system there. */
export type RootFacts = { disk: DiskFacts; cmdline: string };

export type Facts = {
  kernel: KernelFacts;
  /** Null if the lab builds one with the kernel's modules. */
  initrd: InitrdFacts | null;
  tools: ToolsFacts;
  loading: LoadFacts;
  /** At least one. */
  roots: readonly RootFacts[];
};

/** All that preflight knows: `bytes` is the size of the kernel's file, and no machine may be known. */
export type Gathered = Facts & {
  kernel: KernelFacts & { bytes: number };
  kexecs: readonly Kexec[];
  /** The bytes that `--image-size` asks for, the least of all loads; 0 without it. */
  reserved: number;
};

/** Reads the facts from a finished image of a candidate's kernel. `bytes` is the size of the kernel's file. */
export async function kernelFacts(
  name: string,
  arch: Arch,
  directory: string,
  { release }: Pick<Manifest, 'release'>,
): Promise<KernelFacts & { bytes: number }> {
  const file = await readFile(path.join(directory, outputNames.kernel));
  const kind = kernelKind(file);
  const config = await readConfig(directory, release ?? name);
  const modules = release === null ? null : path.join(directory, 'lib/modules', release);
  const builtIn = await readText(modules, 'modules.builtin');
  return {
    arch,
    name,
    kind,
    trouble: kernelTrouble(file, file.length, arch),
    zbootCompression: kind === 'zboot' && file.length > 0x40 ? zbootHeader(file).compression : null,
    layout: kind === 'zImage' ? zImageLayout(file) : null,
    pageSize: arch === 'aarch64' ? await pageSizeIn(file) : null,
    release,
    config,
    builtIn: builtIn === null ? null : moduleNames(builtIn),
    modules: modules === null ? null : await modulesIn(modules),
    bytes: file.length,
  };
}

/** The configuration in the image of a kernel; null if the image has none. */
export async function readConfig(directory: string, release: string): Promise<KernelConfig | null> {
  const text = await readFile(path.join(directory, configName), 'utf8').catch(() => null);
  return text === null ? null : { name: `config-${release}`, values: parseKernelConfig(text) };
}

async function readText(modules: string | null, name: string): Promise<string | null> {
  if (modules === null) return null;
  return readFile(path.join(modules, name), 'utf8').catch(() => null);
}

/** The modules in the text of a `modules.builtin`. */
function moduleNames(text: string): Set<string> {
  return new Set(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map(moduleName),
  );
}

async function modulesIn(directory: string): Promise<Set<string> | null> {
  const names = await readdir(directory, { recursive: true }).catch(() => null);
  return names === null ? null : new Set(names.filter(isModule).map(moduleName));
}

/** Reads the facts from an initramfs that belongs to a kernel of that release. */
export async function initrdFacts(
  name: string,
  cache: string,
  sha256: string,
  release: string | null,
): Promise<InitrdFacts> {
  const file = keptFile(cache, sha256);
  const content = await readInitramfs(file);
  const { trouble } = content;
  const names = trouble === null ? content.names : [];
  const inReleases = (names ?? [])
    .map((path_) => /^(?:usr\/)?lib\/modules\/([^/]+)\/(.*)$/.exec(path_))
    .filter((match) => match !== null)
    .map(([file, of = '', rest = '']) => ({ file, of, rest }));
  const modules = inReleases.filter(({ rest }) => isModule(rest));
  const isOwn = ({ of }: { of: string }) => release === null || of === release;
  const own = modules.filter(isOwn);
  const lists = inReleases.filter(isOwn).flatMap(({ file }) => content.builtIn.get(file) ?? []);
  return {
    name,
    bytes: (await stat(file)).size,
    trouble,
    releases: names === null ? null : [...new Set(modules.map(({ of }) => of))],
    modules: new Set(own.map(({ rest }) => moduleName(rest))),
    builtIn: lists.length === 0 ? null : moduleNames(lists.join('\n')),
  };
}

function isModule(file: string): boolean {
  return /\.ko(\.\w+)?$/.test(file);
}

/**
 * The partitions that a disk's recipe creates: those that it lists, otherwise the root, then the EFI system partition
 * (src/image/build/disk-image.ts).
 */
export function diskFacts(
  name: string,
  recipe: MiniDiskRecipe | SystemDiskRecipe,
  disk: RootDisk,
): DiskFacts {
  const source = `partition table of ${name}`;
  const ext4 = { filesystem: 'ext4' };
  if ('system' in recipe && recipe.partitions !== undefined) {
    const { list, volumes } = recipe.partitions;
    const isRoot = ({ mount }: { mount: string }) => mount === '/';
    const volume = volumes.find(isRoot);
    const { filesystem } = volume ?? list.find(isRoot) ?? ext4;
    return {
      ...disk,
      partitions: list,
      root: { filesystem, isVolume: volume !== undefined },
      source,
    };
  }
  const hasEsp = 'esp' in recipe && recipe.esp !== undefined;
  const partitions = hasEsp ? [ext4, { filesystem: 'vfat' }] : [ext4];
  return { ...disk, partitions, root: { ...ext4, isVolume: false }, source };
}

/** Parses the options that are set in a kernel configuration (`CONFIG_KEXEC=y`). */
export function parseKernelConfig(text: string): Map<string, string> {
  return new Map(
    Array.from(text.matchAll(/^(CONFIG_\w+)=(.*)$/gm), ([, option = '', value = '']) => [
      option,
      value,
    ]),
  );
}
