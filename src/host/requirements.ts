import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Arch } from '../arch.ts';
import { architectures, arches } from '../arch.ts';
import { UnavailableError } from '../errors.ts';
import type { RequirementPurpose } from '../model/vocabulary.ts';

/** Needs of a selection of cases. Beside the two purposes stand needs of only some machines or some images. */
const needs = ['boot', 'network', 'uefi', 'images', 'esp', 'system'] as const;
export type Need = (typeof needs)[number];

/** The needs of the machines of each architecture. An architecture that is not booted is not in the map. */
export type HostNeeds = ReadonlyMap<Arch, ReadonlySet<Need>>;

/** Every need of every architecture. */
export const everyNeed: HostNeeds = new Map(arches.map((arch) => [arch, new Set(needs)]));

/** A program or a file of the host that kexec-lab uses. */
export type Requirement = {
  /** The name of a command, or the absolute path of a file. */
  name: string;
  /** The package of Debian and Ubuntu that contains it. */
  package: string;
  purpose: RequirementPurpose;
  why: string;
  /** Default: its purpose. */
  need?: Need;
  /** Default: both architectures. */
  arch?: Arch;
  /** Whether root can do without it. */
  notForRoot?: boolean;
  /** Arguments that make a command print its version. Empty for a file, and for a command that cannot. */
  versionArguments: string[];
};

/** Everything that the host must have besides Node.js. `doctor` shows it, and `--with-deps` installs it. */
export const requirements: readonly Requirement[] = [
  qemu('aarch64', 'the 64-bit machines'),
  qemu('arm', 'the 32-bit machines'),
  ...arches.map(firmwareOf),
  command('setpriv', 'util-linux', 'boot', 'ends QEMU and the tools when the lab is killed'),
  command('mkfifo', 'coreutils', 'boot', 'creates the named pipe of a console'),
  command('socat', 'socat', 'boot', "connects the guest to the lab's servers", {
    need: 'network',
    versionArguments: ['-V'],
  }),
  command('qemu-nbd', 'qemu-utils', 'boot', 'serves a disk over the network', { need: 'network' }),
  command('ssh', 'openssh-client', 'boot', 'logs in to a waiting initramfs', {
    need: 'network',
    versionArguments: ['-V'],
  }),
  command('ssh-keygen', 'openssh-client', 'boot', 'creates the key for that login', {
    need: 'network',
    versionArguments: [],
  }),
  command('apt-get', 'apt', 'images', 'downloads Debian packages and checks their signatures'),
  command('dpkg-deb', 'dpkg', 'images', 'unpacks Debian packages'),
  {
    name: '/usr/share/keyrings/debian-archive-keyring.gpg',
    package: 'debian-archive-keyring',
    purpose: 'images',
    why: 'the keys for those signatures',
    versionArguments: [],
  },
  command(
    'mmdebstrap',
    'mmdebstrap',
    'images',
    'installs Debian, and supplies a mirror if apt has none',
  ),
  {
    // qemu-user itself has different names in different releases; the file that registers it does not.
    name: '/usr/lib/binfmt.d/qemu-aarch64.conf',
    package: 'qemu-user-static',
    purpose: 'images',
    need: 'system',
    why: 'runs the programs of a system while it is installed',
    versionArguments: [],
  },
  command('newuidmap', 'uidmap', 'images', 'lets ordinary users install a system', {
    need: 'system',
    notForRoot: true,
    versionArguments: [],
  }),
  command('flock', 'util-linux', 'images', 'lets one process build while others wait'),
  command('depmod', 'kmod', 'images', 'finds what kernel modules depend on'),
  command('xz', 'xz-utils', 'images', 'unpacks kernel modules'),
  command('cpio', 'cpio', 'images', 'packs initramfs images'),
  command('sfdisk', 'fdisk', 'images', 'partitions disk images'),
  command('mformat', 'mtools', 'images', 'creates EFI system partitions', { need: 'esp' }),
  command('mke2fs', 'e2fsprogs', 'images', 'creates ext4 file systems', {
    versionArguments: ['-V'],
  }),
  command('debugfs', 'e2fsprogs', 'images', 'makes root the owner of the files in them', {
    versionArguments: ['-V'],
  }),
];

function command(
  name: string,
  packageName: string,
  purpose: RequirementPurpose,
  why: string,
  more: Partial<Requirement> = {},
): Requirement {
  return { name, package: packageName, purpose, why, versionArguments: ['--version'], ...more };
}

function qemu(arch: Arch, why: string): Requirement {
  return command(architectures[arch].qemu, 'qemu-system-arm', 'boot', why, { arch });
}

function firmwareOf(arch: Arch): Requirement {
  const { package: packageName, code } = architectures[arch].firmware;
  const why = `the firmware of the UEFI machines (${arch})`;
  return command(code, packageName, 'boot', why, { need: 'uefi', arch, versionArguments: [] });
}

/** Facts about the host that decide besides the needs. */
export type HostFacts = { onDebian: boolean; isRoot: boolean };

/**
 * The requirements of these needs on this host. A directory of QEMUs that the user chose (by option, or with
 * KEXEC_LAB_QEMU_DIR) replaces the QEMU package, and the firmware packages if it contains firmware. On Debian, apt has a
 * mirror, so mmdebstrap is required only to install a system.
 */
export function requirementsFor(
  wanted: HostNeeds,
  qemuDirectory = process.env['KEXEC_LAB_QEMU_DIR'],
  { onDebian, isRoot }: HostFacts = { onDebian: hostIsDebian(), isRoot: runsAsRoot() },
): Requirement[] {
  return requirements.filter(({ name, purpose, need, arch, notForRoot = false }) => {
    const mirrorIsKnown = name === 'mmdebstrap' && onDebian;
    const asked = mirrorIsKnown ? 'system' : (need ?? purpose);
    const ofArch = arch === undefined ? [...wanted.values()] : [wanted.get(arch)];
    if (!ofArch.some((ofMachines) => ofMachines?.has(asked))) return false;
    if (notForRoot && isRoot) return false;
    return arch === undefined || qemuDirectory === undefined || !isIn(qemuDirectory, need, arch);
  });
}

/** Whether a directory of QEMUs replaces the package: always for QEMU itself, and for firmware that it contains. */
function isIn(qemuDirectory: string, need: Need | undefined, arch: Arch): boolean {
  return need === undefined || bundledFirmware(arch, qemuDirectory) !== null;
}

function hostIsDebian(): boolean {
  try {
    return /^ID="?debian"?$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/** Whether this process may install packages without sudo. */
export function runsAsRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The shell line that installs the packages of `missing`. It uses sudo unless `isRoot`. */
export function installLine(
  missing: readonly Pick<Requirement, 'package'>[],
  isRoot = runsAsRoot(),
): string {
  const packages = [...new Set(missing.map((requirement) => requirement.package))].sort();
  const sudo = isRoot ? '' : 'sudo ';
  return [
    `${sudo}apt-get update`,
    `${sudo}env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${packages.join(' ')}`,
  ].join(' && ');
}

/** `cpio (package cpio), …` */
export function describeMissing(missing: readonly Pick<Requirement, 'name' | 'package'>[]): string {
  return missing.map(({ name, package: from }) => `${name} (package ${from})`).join(', ');
}

/** UEFI firmware for a `virt` machine: two flash images of 64 MiB each, which is the size QEMU requires. Absolute paths. */
export type Firmware = {
  code: string;
  /** Its non-volatile variables, in the state of a machine that never ran. */
  variables: string;
};

/**
 * EDK2 for `arch`: the one that comes with the QEMU in `qemuDirectory` (an unpacked QEMU has its own in
 * `../share/qemu`), otherwise the host's. For Secure Boot always the host's, whose variables have keys enrolled.
 * @throws UnavailableError, with the line that installs it, if there is none.
 */
export function findFirmware(
  arch: Arch,
  qemuDirectory?: string,
  kind: 'uefi' | 'secure-boot' = 'uefi',
): Firmware {
  const { package: name, code, variables: empty, enrolled } = architectures[arch].firmware;
  const isSecure = kind === 'secure-boot';
  const bundled =
    qemuDirectory === undefined || isSecure ? null : bundledFirmware(arch, qemuDirectory);
  const variables = isSecure ? enrolled : empty;
  const found = bundled ?? (variables === null ? null : ifComplete({ code, variables }));
  if (found !== null) return found;
  const missing = [code, variables ?? empty].find((file) => !existsSync(file)) ?? code;
  throw new UnavailableError(`no UEFI firmware for ${arch}: ${missing} does not exist`, {
    hint: `Install it: ${installLine([{ package: name }])}`,
  });
}

/** EDK2 as QEMU's own build installs it. Both architectures share one file of empty variables. */
export function bundledFirmware(arch: Arch, qemuDirectory: string): Firmware | null {
  const share = join(dirname(qemuDirectory), 'share/qemu');
  return ifComplete({
    code: join(share, `edk2-${arch}-code.fd`),
    variables: join(share, 'edk2-arm-vars.fd'),
  });
}

function ifComplete(firmware: Firmware): Firmware | null {
  return existsSync(firmware.code) && existsSync(firmware.variables) ? firmware : null;
}
