/** A server of a suite: its kernel, its configuration and systemd's EFI stub, out of Debian's packages. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Arch } from '../../src/arch.ts';
import { architectures } from '../../src/arch.ts';
import { parseKernelConfig } from '../../src/candidate/preflight/facts.ts';
import { unpackedBy } from '../../src/candidate/preflight/tools-facts.ts';
import { debianMirror } from '../../src/debian/mirror.ts';
import { resolvePackages, unpackPackages } from '../../src/debian/packages.ts';
import { findKernel } from '../../src/image/build/kernel.ts';
import { cacheDirectory } from '../../src/host/directories.ts';
import { kernelSelection, toolsSelection } from '../../src/image/recipes/package-selection.ts';

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
  const options = {
    cache: cacheDirectory(),
    architecture: architectures[arch].debian,
    mirror: () => debianMirror(),
    onStep: () => undefined,
    signal: undefined,
  };
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

const decides =
  /^CONFIG_(KEXEC|LOCK_DOWN|SECURITY_LOCKDOWN|EFI_ZBOOT|CPU_TTBR0_PAN|ARCH_SUPPORTS_KEXEC)/;
