import { readFileSync } from 'node:fs';
import type { Arch } from '../scenario/scenario.ts';

/** What a requirement is for: booting machines, building the images they boot (once), or those that are a whole Debian. */
export type Purpose = 'boot' | 'images' | 'systems';

/** A program or a file of the host's that kexec-lab calls or reads. */
export type Requirement = {
  /** A command's name, or the absolute path of a file. */
  name: string;
  /** The package of Debian and Ubuntu that has it. */
  package: string;
  purpose: Purpose;
  why: string;
  /** Arguments that make a command say its version; none for a file. */
  versionArguments: string[];
};

function command(
  name: string,
  packageName: string,
  purpose: Purpose,
  why: string,
  versionArguments = ['--version'],
): Requirement {
  return { name, package: packageName, purpose, why, versionArguments };
}

/** Everything the host must have besides Node. `doctor` shows it, `--with-deps` installs it. */
export const requirements: readonly Requirement[] = [
  command('qemu-system-aarch64', 'qemu-system-arm', 'boot', 'the 64-bit machines'),
  command('qemu-system-arm', 'qemu-system-arm', 'boot', 'the 32-bit machines'),
  command('setpriv', 'util-linux', 'boot', 'ends QEMU and the tools when the lab is killed'),
  command('apt-get', 'apt', 'images', 'downloads Debian packages and checks their signatures'),
  command('dpkg-deb', 'dpkg', 'images', 'unpacks them'),
  {
    name: '/usr/share/keyrings/debian-archive-keyring.gpg',
    package: 'debian-archive-keyring',
    purpose: 'images',
    why: 'the keys they are signed with',
    versionArguments: [],
  },
  command(
    'mmdebstrap',
    'mmdebstrap',
    'images',
    'installs Debian, and knows a mirror where apt uses none',
  ),
  {
    // qemu-user itself goes by different names in different releases; what registers it does not.
    name: '/usr/lib/binfmt.d/qemu-aarch64.conf',
    package: 'qemu-user-static',
    purpose: 'systems',
    why: 'runs the programs of the system while it is installed',
    versionArguments: [],
  },
  command('newuidmap', 'uidmap', 'systems', 'lets ordinary users install it', []),
  command('flock', 'util-linux', 'images', 'lets one run build while others wait'),
  command('depmod', 'kmod', 'images', 'finds what kernel modules depend on'),
  command('xz', 'xz-utils', 'images', 'unpacks kernel modules'),
  command('cpio', 'cpio', 'images', 'packs initramfs images'),
  command('dtc', 'device-tree-compiler', 'images', 'compiles device trees'),
  command('sfdisk', 'fdisk', 'images', 'partitions disk images'),
  command('mke2fs', 'e2fsprogs', 'images', 'fills their file systems', ['-V']),
  command('debugfs', 'e2fsprogs', 'images', 'makes root the owner of the files in them', ['-V']),
];

/**
 * What it takes to build images for machines of `arches` on this host and to boot them. Where the user chose a
 * directory of QEMUs (by option, or by the environment's KEXEC_LAB_QEMU_DIR), apt has nothing to do with QEMU; where
 * the host is Debian, its apt knows a mirror. `withSystems`: is a whole Debian among the images?
 */
export function requirementsFor(
  arches: readonly Arch[],
  qemuDirectory = process.env['KEXEC_LAB_QEMU_DIR'],
  onDebian = hostIsDebian(),
  withSystems = true,
): Requirement[] {
  return requirements.filter(({ name, purpose }) => {
    if (name === 'mmdebstrap') return withSystems || !onDebian;
    if (purpose === 'systems') return withSystems;
    const [, arch] = /^qemu-system-(.+)$/.exec(name) ?? [];
    return arch === undefined || (qemuDirectory === undefined && arches.includes(arch as Arch));
  });
}

function hostIsDebian(): boolean {
  try {
    return /^ID="?debian"?$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}
