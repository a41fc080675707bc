import { readFile } from 'node:fs/promises';
import { release, userInfo } from 'node:os';
import type { Arch } from '../../arch.ts';
import { UnavailableError } from '../../errors.ts';
import { fileExists } from '../../host/file-exists.ts';
import { compareVersions } from '../../text/versions.ts';

/** How build-system.sh is run: as root of namespaces of its own, whoever runs it. */
export type NamespacePlan = {
  /** In front of what is to run there. */
  command: string[];
  /** Must all users be mapped from outside once `mapAllUsers` has been said? */
  mapsAllUsers: boolean;
  /** qemu-user's name of the architecture; null where the host runs its programs itself. */
  emulator: string | null;
};

/** Said on standard output by one who waits for its user namespace to be given its users, and for a line of input. */
export const mapAllUsers = 'kexec-lab: map all users';

/** Changes into a user namespace in which there is nobody yet; goes on when told that there is. */
const enterUserNamespace = [
  'unshare',
  '--user',
  'sh',
  '-c',
  `echo '${mapAllUsers}'; read -r _; exec "$@"`,
  'sh',
];

/** mmdebstrap knows how to map users of /etc/subuid, and AppArmor has a profile that lets it make namespaces. */
const enterOthers = ['mmdebstrap', '--unshare-helper'];

/**
 * Decides how to come by namespaces in which a system of another architecture can be installed. An ordinary user needs a
 * user namespace with a range of users in it. Root needs one only to register qemu-user where no one but the build sees it.
 * Throws UnavailableError, with the command that helps, where this host does not permit what it takes.
 */
export function planNamespace(facts: NamespaceFacts): NamespacePlan {
  const { isRoot, user, emulator, emulatorRegistered, kernel } = facts;
  const registers = emulator !== null && !emulatorRegistered;
  if (registers && !facts.binfmtPerNamespace)
    throw refusal(
      `no program of ${emulator} can be run: qemu-user is not registered with binfmt_misc, and before Linux 6.7 ` +
        `(this is ${kernel}) that cannot be done for one build alone`,
      `As root: systemctl restart systemd-binfmt (or ${registerLine(emulator)})`,
    );
  if (!isRoot) {
    if (!facts.userNamespaces)
      throw refusal(
        'this host does not let ordinary users make user namespaces',
        'As root: sysctl -w user.max_user_namespaces=10000 kernel.unprivileged_userns_clone=1',
      );
    if (facts.appArmorRestricts)
      throw refusal(
        'AppArmor does not let ordinary users make user namespaces, and has no profile that lets mmdebstrap',
        'As root: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (until the next boot)',
      );
    if (!facts.hasUserRange)
      throw refusal(
        `/etc/subuid and /etc/subgid give ${user} no range of users for the files of a system`,
        `As root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${user}`,
      );
  }
  const mapsAllUsers = isRoot && registers;
  return {
    command: [...(mapsAllUsers ? enterUserNamespace : []), ...enterOthers],
    mapsAllUsers,
    emulator,
  };
}

function registerLine(emulator: string): string {
  const binfmt = '/proc/sys/fs/binfmt_misc';
  return `mount -t binfmt_misc binfmt_misc ${binfmt}; cat /usr/lib/binfmt.d/qemu-${emulator}.conf >${binfmt}/register`;
}

function refusal(message: string, hint: string): UnavailableError {
  return new UnavailableError(`a Debian system cannot be installed here: ${message}`, { hint });
}

/** What decides how a system can be installed on this host. */
export type NamespaceFacts = {
  isRoot: boolean;
  /** Login name. */
  user: string;
  /** The kernel's release. */
  kernel: string;
  /** qemu-user's name of the programs' architecture; null where the host runs them itself. */
  emulator: string | null;
  /** Is it registered with binfmt_misc for the whole host? */
  emulatorRegistered: boolean;
  /** Can it be registered for one user namespace? (Linux 6.7) */
  binfmtPerNamespace: boolean;
  /** May ordinary users make user namespaces, AppArmor aside? */
  userNamespaces: boolean;
  /** Does AppArmor forbid it, without an exception for mmdebstrap? (Ubuntu can since 23.10.) */
  appArmorRestricts: boolean;
  /** Do /etc/subuid and /etc/subgid have ranges for the user? */
  hasUserRange: boolean;
};

/** qemu-user's name of an architecture; null where the host runs its programs itself. */
export function emulatorFor(arch: Arch): string | null {
  return arch === 'aarch64' && process.arch === 'arm64' ? null : arch;
}

/** Looks at the host; changes nothing. `emulator` is that of the programs to be run in the namespace, if any. */
export async function namespaceFacts(emulator: string | null): Promise<NamespaceFacts> {
  const { uid, username: user } = userInfo();
  const sysctl = async (name: string) =>
    (await readFile(`/proc/sys/${name}`, 'utf8').catch(() => '')).trim();
  return {
    isRoot: uid === 0,
    user,
    kernel: release(),
    emulator,
    emulatorRegistered:
      emulator !== null && (await fileExists(`/proc/sys/fs/binfmt_misc/qemu-${emulator}`)),
    binfmtPerNamespace: compareVersions(release(), '6.7') >= 0,
    userNamespaces:
      (await sysctl('user/max_user_namespaces')) !== '0' &&
      (await sysctl('kernel/unprivileged_userns_clone')) !== '0',
    appArmorRestricts:
      (await sysctl('kernel/apparmor_restrict_unprivileged_userns')) === '1' &&
      !(await fileExists('/etc/apparmor.d/mmdebstrap')),
    hasUserRange:
      hasRange(await readFile('/etc/subuid', 'utf8').catch(() => ''), user) &&
      hasRange(await readFile('/etc/subgid', 'utf8').catch(() => ''), user),
  };
}

/** Has subuid(5) text a range for a user that is large enough for Debian's own users (65534 is nobody)? */
export function hasRange(text: string, user: string): boolean {
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .some(([name, , count]) => name === user && Number(count) >= 65_536);
}
