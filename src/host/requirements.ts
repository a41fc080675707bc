import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Arch } from '../arch.ts';
import { architectures, arches } from '../arch.ts';
import { UnavailableError } from '../errors.ts';
import { installLine } from './install.ts';
/** What a requirement is for: booting machines, or building the images they boot (once). */
export type Purpose = 'boot' | 'images';

/** What can be needed of the host; more than its purpose where only some machines or some images need it. */
export const needs = ['boot', 'network', 'uefi', 'images', 'esp', 'system'] as const;
export type Need = (typeof needs)[number];

/** What machines of each architecture need; those that are not to be booted are not in it. */
export type HostNeeds = ReadonlyMap<Arch, ReadonlySet<Need>>;

/** All that can be needed. */
export const everyNeed: HostNeeds = new Map(arches.map((arch) => [arch, new Set(needs)]));

/** A program or a file of the host's that kexec-lab calls or reads. */
export type Requirement = {
  /** A command's name, or the absolute path of a file. */
  name: string;
  /** The package of Debian and Ubuntu that has it. */
  package: string;
  purpose: Purpose;
  why: string;
  /** The machines and images it is for; every one of its purpose where these are left out. */
  need?: Need;
  arch?: Arch;
  /** Root can do without it. */
  notForRoot?: boolean;
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

function qemu(arch: Arch, why: string): Requirement {
  return command(architectures[arch].qemu, 'qemu-system-arm', 'boot', why);
}

function firmwareOf(arch: Arch): Requirement {
  const { package: packageName, code } = architectures[arch].firmware;
  const why = `the firmware of the UEFI machines (${arch})`;
  const purpose = 'boot';
  return {
    name: code,
    package: packageName,
    purpose,
    why,
    need: 'uefi',
    arch,
    versionArguments: [],
  };
}

/** Everything the host must have besides Node. `doctor` shows it, `--with-deps` installs it. */
export const requirements: readonly Requirement[] = [
  { ...qemu('aarch64', 'the 64-bit machines'), arch: 'aarch64' },
  { ...qemu('arm', 'the 32-bit machines'), arch: 'arm' },
  ...arches.map(firmwareOf),
  command('setpriv', 'util-linux', 'boot', 'ends QEMU and the tools when the lab is killed'),
  command('mkfifo', 'coreutils', 'boot', 'makes the pipe a console comes through'),
  {
    ...command('socat', 'socat', 'boot', "leads the guest's connections to the lab's servers", [
      '-V',
    ]),
    need: 'network',
  },
  {
    ...command('qemu-nbd', 'qemu-utils', 'boot', 'serves a disk over the network'),
    need: 'network',
  },
  {
    ...command('ssh', 'openssh-client', 'boot', 'logs in to a waiting initramfs', ['-V']),
    need: 'network',
  },
  {
    ...command('ssh-keygen', 'openssh-client', 'boot', 'makes the key for that', []),
    need: 'network',
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
    purpose: 'images',
    need: 'system',
    why: 'runs the programs of the system while it is installed',
    versionArguments: [],
  },
  {
    ...command('newuidmap', 'uidmap', 'images', 'lets ordinary users install it', []),
    need: 'system',
    notForRoot: true,
  },
  command('flock', 'util-linux', 'images', 'lets one run build while others wait'),
  command('depmod', 'kmod', 'images', 'finds what kernel modules depend on'),
  command('xz', 'xz-utils', 'images', 'unpacks kernel modules'),
  command('cpio', 'cpio', 'images', 'packs initramfs images'),
  command('sfdisk', 'fdisk', 'images', 'partitions disk images'),
  { ...command('mformat', 'mtools', 'images', 'makes EFI system partitions'), need: 'esp' },
  command('mke2fs', 'e2fsprogs', 'images', 'fills their file systems', ['-V']),
  command('debugfs', 'e2fsprogs', 'images', 'makes root the owner of the files in them', ['-V']),
];

/** What decides besides the needs. */
export type HostFacts = { onDebian: boolean; isRoot: boolean };

/**
 * What meets these needs on this host. Where the user chose a directory of QEMUs (by option, or by the environment's
 * KEXEC_LAB_QEMU_DIR), apt has nothing to do with QEMU, nor with firmware that comes with it; where the host is Debian,
 * its apt knows a mirror.
 */
export function requirementsFor(
  wanted: HostNeeds,
  qemuDirectory = process.env['KEXEC_LAB_QEMU_DIR'],
  { onDebian, isRoot }: HostFacts = { onDebian: hostIsDebian(), isRoot: process.getuid?.() === 0 },
): Requirement[] {
  return requirements.filter(({ name, purpose, need, arch, notForRoot = false }) => {
    const mirrorIsKnown = name === 'mmdebstrap' && onDebian;
    const asked = mirrorIsKnown ? 'system' : (need ?? purpose);
    const ofArch = arch === undefined ? [...wanted.values()] : [wanted.get(arch)];
    if (!ofArch.some((ofMachines) => ofMachines?.has(asked))) return false;
    if (notForRoot && isRoot) return false;
    return (
      arch === undefined || qemuDirectory === undefined || !bringsIt(need, arch, qemuDirectory)
    );
  });
}

/** A directory of QEMUs was chosen for its QEMU; firmware may come with it. */
function bringsIt(need: Need | undefined, arch: Arch, qemuDirectory: string): boolean {
  return need === undefined || bundledFirmware(arch, qemuDirectory) !== null;
}

function hostIsDebian(): boolean {
  try {
    return /^ID="?debian"?$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/** UEFI firmware for a `virt` machine: two flash images of 64 MiB each, as QEMU wants them. Paths are absolute. */
export type Firmware = {
  code: string;
  /** Its non-volatile variables, as they are in a machine that never ran. */
  variables: string;
};

/**
 * EDK2 for `arch`: the one that comes with the QEMU in `qemuDirectory` (an unpacked QEMU brings its own in
 * `../share/qemu`), otherwise the host's.
 * @throws UnavailableError, with the line that installs it, if there is none.
 */
export function findFirmware(arch: Arch, qemuDirectory?: string): Firmware {
  const bundled = qemuDirectory === undefined ? null : bundledFirmware(arch, qemuDirectory);
  const { package: name, code, variables } = architectures[arch].firmware;
  const found = bundled ?? whole({ code, variables });
  if (found !== null) return found;
  throw new UnavailableError(`no UEFI firmware for ${arch}: ${code} does not exist`, {
    hint: `Install it: ${installLine([{ package: name }])}`,
  });
}

/** EDK2 as QEMU's own build installs it; both architectures have the same empty variables. */
export function bundledFirmware(arch: Arch, qemuDirectory: string): Firmware | null {
  const share = join(dirname(qemuDirectory), 'share/qemu');
  return whole({
    code: join(share, `edk2-${arch}-code.fd`),
    variables: join(share, 'edk2-arm-vars.fd'),
  });
}

function whole(firmware: Firmware): Firmware | null {
  return existsSync(firmware.code) && existsSync(firmware.variables) ? firmware : null;
}
