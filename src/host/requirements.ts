import { readFileSync } from 'node:fs';
import type { Arch } from '../scenario/scenario.ts';

/** What a requirement is for: booting machines, or building the images they boot (once). */
export type Purpose = 'boot' | 'images';

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
  /** What a case must have for this to be needed. Default: it always is. */
  only?: Feature;
};

/** What some cases have and others have not. `network`: a machine on the provider's network. */
export type Feature = 'network';

function command(
  name: string,
  packageName: string,
  purpose: Purpose,
  why: string,
  versionArguments = ['--version'],
): Requirement {
  return { name, package: packageName, purpose, why, versionArguments };
}

/** Every feature there is. */
export const features: readonly Feature[] = ['network'];

/** Everything the host must have besides Node. `doctor` shows it, `--with-deps` installs it. */
export const requirements: readonly Requirement[] = [
  command('qemu-system-aarch64', 'qemu-system-arm', 'boot', 'the 64-bit machines'),
  command('qemu-system-arm', 'qemu-system-arm', 'boot', 'the 32-bit machines'),
  command('setpriv', 'util-linux', 'boot', 'ends QEMU and the tools when the lab is killed'),
  {
    ...command('socat', 'socat', 'boot', "leads the guest's connections to the lab's servers", [
      '-V',
    ]),
    only: 'network',
  },
  {
    ...command('qemu-nbd', 'qemu-utils', 'boot', 'serves a disk over the network'),
    only: 'network',
  },
  {
    ...command('ssh', 'openssh-client', 'boot', 'logs in to a waiting initramfs', ['-V']),
    only: 'network',
  },
  {
    ...command('ssh-keygen', 'openssh-client', 'boot', 'makes the key for that', []),
    only: 'network',
  },
  command('apt-get', 'apt', 'images', 'downloads Debian packages and checks their signatures'),
  command('dpkg-deb', 'dpkg', 'images', 'unpacks them'),
  {
    name: '/usr/share/keyrings/debian-archive-keyring.gpg',
    package: 'debian-archive-keyring',
    purpose: 'images',
    why: 'the keys they are signed with',
    versionArguments: [],
  },
  command('mmdebstrap', 'mmdebstrap', 'images', 'knows a Debian mirror where apt uses none'),
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
 * What it takes to build images for machines of `arches` on this host and to boot them, for cases that have no more
 * than `features`. Where the user chose a
 * directory of QEMUs (by option, or by the environment's KEXEC_LAB_QEMU_DIR), apt has nothing to do with QEMU; where
 * the host is Debian, its apt knows a mirror.
 */
export function requirementsFor(
  arches: readonly Arch[],
  features: readonly Feature[],
  qemuDirectory = process.env['KEXEC_LAB_QEMU_DIR'],
  onDebian = hostIsDebian(),
): Requirement[] {
  return requirements.filter(({ name, only }) => {
    if (only !== undefined && !features.includes(only)) return false;
    if (name === 'mmdebstrap') return !onDebian;
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
