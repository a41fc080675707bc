/** A server of a suite: its kernel, its configuration, systemd's EFI stub and its signed boot loader, out of Debian's packages. */
import { cp, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Arch } from '../../src/arch.ts';
import { architectures } from '../../src/arch.ts';
import { parseKernelConfig } from '../../src/candidate/preflight/facts.ts';
import { unpackedBy } from '../../src/candidate/preflight/load-facts.ts';
import { debianMirror } from '../../src/debian/mirror.ts';
import type { PackageOptions } from '../../src/debian/packages.ts';
import { resolvePackages, unpackPackages } from '../../src/debian/packages.ts';
import { elfNeeds } from '../../src/formats/executable.ts';
import { treeNames } from '../../src/image/build/file-tree.ts';
import { upstreamVersion } from '../../src/text/versions.ts';
import { findKernel } from '../../src/image/build/kernel.ts';
import { cacheDirectory } from '../../src/host/directories.ts';
import { textOffsetOptions } from '../../src/candidate/preflight/check-memory.ts';
import {
  kernelSelection,
  toolsSelection,
  treeSelections,
} from '../../src/image/recipes/package-selection.ts';

/** The packages whose kernels are tried: those that `--kernel debian:SUITE` takes. */
const kernelPackages = { aarch64: 'linux-image-cloud-arm64', arm: 'linux-image-armmp-lpae' };
const stubPackages = { aarch64: 'systemd-boot-efi', arm: 'systemd-boot-efi' };
const stubs = 'usr/lib/systemd/boot/efi';
const stubNames = { aarch64: 'linuxaa64.efi.stub', arm: 'linuxarm.efi.stub' };

/** Unpacks the packages under `directory`. The paths of their files, and the options of the kernel that decide about kexec. */
export async function unpackServer(
  suite: string,
  arch: Arch,
  directory: string,
): Promise<{ kernel: string; stub: string; config: Record<string, string>; unpacks: string[] }> {
  const options = packageOptions(arch);
  const unpack = (names: Record<Arch, string>, part: string) =>
    unpackPackages(
      kernelSelection([{ suite, package: names }], arch),
      path.join(directory, part),
      options,
    );
  const found = await findKernel((await unpack(kernelPackages, 'kernel')).directories);
  if (found?.config == null) throw new Error(`no configuration of the kernel of ${suite}`);
  await unpack(stubPackages, 'stub');
  const [tools] = await resolvePackages(toolsSelection([suite], arch), options);
  const config = parseKernelConfig(await readFile(found.config, 'utf8'));
  return {
    kernel: found.file,
    stub: path.join(directory, 'stub', 'systemd-boot-efi', stubs, stubNames[arch]),
    unpacks: [...unpackedBy(tools?.dependsOn ?? [])],
    config: Object.fromEntries([...config].filter(([option]) => decides.test(option)).sort()),
  };
}

/** Unpacks systemctl of a suite under `directory`, and copies it with all libraries that it needs to `target`. Its version. */
export async function unpackSystemctl(
  suite: string,
  arch: Arch,
  directory: string,
  target: string,
): Promise<string> {
  const [selection] = treeSelections({ packages: ['systemd'], suites: [suite] }, arch);
  const unpacked = await unpackPackages(selection ?? [], directory, packageOptions(arch));
  const files = new Map<string, string>();
  for (const root of unpacked.directories)
    for (const name of await treeNames(root))
      if (/\.so\b|(?:^|\/)bin\/systemctl$/.test(name))
        files.set(path.basename(name), path.join(root, name));
  await mkdir(path.join(target, 'lib'), { recursive: true });
  const pending = ['systemctl'];
  for (const name of pending) {
    const file = files.get(name);
    if (file === undefined) throw new Error(`systemctl needs ${name}, which no package has`);
    await cp(file, path.join(target, name === 'systemctl' ? name : `lib/${name}`), {
      dereference: true,
    });
    for (const needed of elfNeeds(await readFile(file))?.libraries ?? [])
      if (!pending.includes(needed)) pending.push(needed);
  }
  return upstreamVersion(unpacked.packages.find(({ name }) => name === 'systemd')?.version ?? '');
}

function packageOptions(arch: Arch): PackageOptions {
  return {
    cache: cacheDirectory(),
    architecture: architectures[arch].debian,
    mirror: () => debianMirror(),
    onStep: () => undefined,
    signal: undefined,
  };
}

/** Unpacks the signed boot loader of arm64 under `directory`: the paths of shim, and of the GRUB that it starts. */
export async function unpackBootLoader(
  suite: string,
  directory: string,
): Promise<{ shim: string; grub: string }> {
  for (const name of ['shim-signed', 'grub-efi-arm64-signed'])
    await unpackPackages(
      kernelSelection([{ suite, package: { aarch64: name } }], 'aarch64'),
      directory,
      packageOptions('aarch64'),
    );
  return {
    shim: path.join(directory, 'shim-signed/usr/lib/shim/shimaa64.efi.signed'),
    grub: path.join(
      directory,
      'grub-efi-arm64-signed/usr/lib/grub/arm64-efi-signed/grubaa64.efi.signed',
    ),
  };
}

const decides = new RegExp(
  `^(?:CONFIG_(?:KEXEC|LOCK_DOWN|SECURITY_LOCKDOWN|EFI_ZBOOT|CPU_TTBR0_PAN|ARCH_SUPPORTS_KEXEC)|(?:${textOffsetOptions.join('|')})$)`,
);
