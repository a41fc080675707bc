/** Which kernels Debian's archive offers. */
import type { Arch } from '../arch.ts';
import { architectures } from '../arch.ts';
import type { ArchivePackage } from '../debian/mirror.ts';
import { debianMirror } from '../debian/mirror.ts';
import { withIndex } from '../debian/packages.ts';
import { UnavailableError } from '../errors.ts';
import { cacheDirectory } from '../host/directories.ts';
import { compareVersions } from '../text/versions.ts';

/** The suites with kernels that are supported or in preparation, the oldest first. */
export const kernelSuites = [
  'bookworm',
  'bookworm-backports',
  'trixie',
  'trixie-backports',
  'sid',
  'experimental',
] as const;

/** A kernel package of a suite. */
export type ArchiveKernel = Pick<ArchivePackage, 'name' | 'version' | 'sha256'> & { suite: string };

type ListOptions = {
  mirror?: string;
  signal?: AbortSignal;
  onStep?: (step: string) => void;
  /** Called for a suite whose index cannot be read, which is left out. */
  onLeftOut?: (suite: string, why: string) => void;
};

/**
 * The kernels of these suites that boot QEMU's virt machine, the oldest first. A package that several suites have is
 * named once, with the first of them.
 * @throws UnavailableError if no suite's index can be read
 */
export async function archiveKernels(
  arch: Arch,
  suites: readonly string[],
  { mirror, signal, onStep, onLeftOut }: ListOptions = {},
): Promise<ArchiveKernel[]> {
  const found = new Map<string, ArchiveKernel>();
  const failures: UnavailableError[] = [];
  for (const suite of suites) {
    const index = {
      ...{ cache: cacheDirectory(), suite, architecture: architectures[arch].debian, signal },
      mirror: () => debianMirror(mirror, signal),
      onStep: (step: string) => onStep?.(step),
    };
    try {
      const packages = await withIndex(index, async (apt) => {
        const names = await apt.names('linux-image-');
        return apt.show(names.filter((name) => isKernel(name, arch)));
      });
      for (const { name, version, sha256 } of packages)
        if (!found.has(sha256)) found.set(sha256, { name, version, sha256, suite });
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      failures.push(error);
      onLeftOut?.(suite, error.message);
    }
  }
  const [first] = failures;
  if (found.size === 0 && first !== undefined) throw first;
  return [...found.values()].sort(
    (a, b) => compareVersions(a.version, b.version) || (a.name < b.name ? -1 : 1),
  );
}

/** The flavours that QEMU's virt machine can boot. */
const flavours: Record<Arch, RegExp> = {
  aarch64: /-((?:cloud-|rt-)?arm64(?:-16k)?)$/,
  arm: /-((?:rt-)?armmp(?:-lpae)?)$/,
};

/** `cloud-arm64` of `linux-image-6.12.95+deb12-cloud-arm64`; null for a package that is not a kernel of the architecture. */
export function flavourOf(name: string, arch: Arch): string | null {
  return flavours[arch].exec(name)?.[1] ?? null;
}

/** The package that a suite without a package stands for. */
const usualPackage: Record<Arch, string> = {
  aarch64: 'linux-image-cloud-arm64',
  arm: 'linux-image-armmp-lpae',
};

/**
 * The kernel that `debian:SUITE` or `debian:SUITE/PACKAGE` stands for. A package without a version, which depends on the
 * suite's newest kernel of its flavour, stands for that.
 * @param all kernels in the order of their versions, as `archiveKernels` lists them
 */
export function namedKernel(
  { suite, package: name }: { suite: string; package: string | null },
  arch: Arch,
  all: readonly ArchiveKernel[],
): ArchiveKernel | undefined {
  const named = name ?? usualPackage[arch];
  if (/^linux-image-\d/.test(named))
    // The list names a package that several suites have with the first of them.
    return all.find((kernel) => kernel.name === named);
  const flavour = flavourOf(named, arch);
  return all.findLast(
    (kernel) => kernel.suite === suite && flavourOf(kernel.name, arch) === flavour,
  );
}

/** `linux-image-6.12.95-cloud-arm64`; not `linux-image-arm64`, which depends on one, and not its debugging symbols. */
function isKernel(name: string, arch: Arch): boolean {
  return /^linux-image-\d/.test(name) && flavourOf(name, arch) !== null;
}
