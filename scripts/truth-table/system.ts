/** A whole Debian of a suite with an EFI system partition, for what needs systemd or a signed boot loader. */

import path from 'node:path';
import { execa } from 'execa';
import type { Arch } from '../../src/arch.ts';
import { partitionDisk, writeEsp } from '../../src/image/build/disk-image.ts';
import { ensureEntries } from '../../src/image/ensure-images.ts';
import { planEntries } from '../../src/image/recipes/plan.ts';
import type { Catalog, Recipe } from '../../src/image/recipes/recipe.ts';
import {
  findRecipe,
  outputNames,
  ownRecipes,
  systemFiles,
} from '../../src/image/recipes/recipe.ts';
import { upstreamVersion } from '../../src/text/versions.ts';

/** An installed system, in the cache. */
export type System = {
  kernel: string;
  initramfs: string;
  /** Its disk without an EFI system partition. */
  disk: string;
  /** The release of its kernel. */
  release: string;
  /** The upstream version of one of its packages. */
  version: (name: string) => string;
};

const sizeMiB = 1536;
/** Room for a kernel in every format, its initrd and a boot loader. */
const espMiB = 320;

/** Installs debian-system with the packages of `suite`, if the cache does not have it. Takes minutes under emulation. */
export async function installSystem(suite: string, arch: Arch): Promise<System> {
  const base = findRecipe(ownRecipes, 'debian-system', 'system');
  const added: Record<string, Recipe> = {
    'truth-system': { ...base, suites: [suite] },
    'truth-system-disk': {
      kind: 'disk',
      system: 'truth-system',
      size: sizeMiB,
      links: {},
      overlays: [],
    },
  };
  const catalog: Catalog = {
    keys: () => Object.keys(added)[Symbol.iterator](),
    has: (name) => name in added,
    get: (name) => added[name],
    [Symbol.iterator]: () => Object.entries(added)[Symbol.iterator](),
  };
  const entries = planEntries(['truth-system-disk'], arch, catalog);
  const manifests = await ensureEntries(entries);
  const directoryOf = (name: string) =>
    entries.find((entry) => entry.name === name)?.directory ?? '';
  const system = directoryOf('truth-system');
  const { release, packages } = manifests.get('truth-system') ?? { release: null, packages: [] };
  return {
    kernel: path.join(system, systemFiles.kernel),
    initramfs: path.join(system, systemFiles.initramfs),
    disk: path.join(directoryOf('truth-system-disk'), outputNames.disk),
    release: release ?? '',
    version: (name) =>
      upstreamVersion(packages.find((found) => found.name === name)?.version ?? ''),
  };
}

/** Writes the system's disk to `file`, followed by an EFI system partition (/dev/vda2) with the files of `esp`. */
export async function writeSystemDisk({ disk }: System, esp: string, file: string): Promise<void> {
  const root = await partitionDisk(file, { sizeMiB, espMiB }, undefined);
  const mib = 2 ** 20;
  const start = root.offsetMiB * mib;
  await copyRange(disk, file, start, root.blocks * 4096);
  await writeEsp(file, { offset: start + root.blocks * 4096, sizeMiB: espMiB }, esp, undefined);
}

/** Copies bytes to the same place of another file, and leaves holes where they are zero. */
async function copyRange(from: string, to: string, start: number, bytes: number): Promise<void> {
  const place = ['bs=1M', `skip=${start}`, `seek=${start}`, `count=${bytes}`];
  const flags = ['iflag=skip_bytes,count_bytes', 'oflag=seek_bytes', 'conv=notrunc,sparse'];
  await execa('dd', [`if=${from}`, `of=${to}`, ...place, ...flags, 'status=none']);
}
