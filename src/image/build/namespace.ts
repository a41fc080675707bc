import { readFile } from 'node:fs/promises';
import { release, userInfo } from 'node:os';
import type { Arch } from '../../arch.ts';
import { UnavailableError } from '../../errors.ts';
import { fileExists } from '../../host/files.ts';
import { compareVersions } from '../../text/versions.ts';

/** How to run build-system.sh as root in private namespaces, as root or as an ordinary user. */
export type NamespacePlan = {
  /** The prefix of the command to run there. */
  command: string[];
  /** Whether all users must be mapped from outside once `mapAllUsers` is printed. */
  mapsAllUsers: boolean;
  /** qemu-user's name for the architecture; null if the host runs its programs natively. */
  emulator: string | null;
};

/** Printed by a process that waits until users are mapped into its user namespace, and then for a line of input. */
export const mapAllUsers = 'kexec-lab: map all users';

/** Enters a user namespace without users; continues once told that they are mapped. */
const enterUserNamespace = [
  'unshare',
  '--user',
  'sh',
  '-c',
  `echo '${mapAllUsers}'; read -r _; exec "$@"`,
  'sh',
];

/** mmdebstrap maps the users of /etc/subuid, and AppArmor has a profile that lets it create namespaces. */
const enterOthers = ['mmdebstrap', '--unshare-helper'];

/**
 * Decides how to create namespaces in which a system of another architecture can be installed. An ordinary user needs a user
 * namespace with a range of users. Root needs one only to register qemu-user for this build alone.
 * Throws UnavailableError, with the command to run as root, if this host does not permit that.
 */
export function planNamespace(facts: NamespaceFacts): NamespacePlan {
  const { isRoot, user, emulator, emulatorRegistered, kernel } = facts;
  const registers = emulator !== null && !emulatorRegistered;
  if (registers && !facts.binfmtPerNamespace)
    throw refusal(
      `${emulator} programs cannot run: qemu-user is not registered with binfmt_misc, and registering it for one ` +
        `build alone needs Linux 6.7 or later (this host runs ${kernel})`,
      `As root: systemctl restart systemd-binfmt (or ${registerLine(emulator)})`,
    );
  if (!isRoot) {
    if (!facts.userNamespaces)
      throw refusal(
        'this host does not let ordinary users create user namespaces',
        'As root: sysctl -w user.max_user_namespaces=10000 kernel.unprivileged_userns_clone=1',
      );
    if (facts.appArmorRestricts)
      throw refusal(
        'AppArmor does not let ordinary users create user namespaces, and has no profile that allows mmdebstrap to',
        'As root: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (until the next boot)',
      );
    if (!facts.hasUserRange)
      throw refusal(
        `/etc/subuid and /etc/subgid have no range of users for ${user}, which owning a system's files requires`,
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
  return new UnavailableError(`cannot install a Debian system on this host: ${message}`, { hint });
}

/** The facts about this host that decide how a system can be installed. */
export type NamespaceFacts = {
  isRoot: boolean;
  /** Login name. */
  user: string;
  /** The kernel's release. */
  kernel: string;
  /** qemu-user's name for the programs' architecture; null if the host runs them natively. */
  emulator: string | null;
  /** Whether it is registered with binfmt_misc for the whole host. */
  emulatorRegistered: boolean;
  /** Whether it can be registered for one user namespace (Linux 6.7 or later). */
  binfmtPerNamespace: boolean;
  /** Whether ordinary users may create user namespaces, AppArmor aside. */
  userNamespaces: boolean;
  /** Whether AppArmor forbids it without an exception for mmdebstrap (possible on Ubuntu since 23.10). */
  appArmorRestricts: boolean;
  /** Whether /etc/subuid and /etc/subgid have ranges for the user. */
  hasUserRange: boolean;
};

/** qemu-user's name for an architecture; null if the host runs its programs natively. */
export function emulatorFor(arch: Arch): string | null {
  return arch === 'aarch64' && process.arch === 'arm64' ? null : arch;
}

/** Examines the host; changes nothing. `emulator` is the one for the programs that run in the namespace, if any. */
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

/** Whether a subuid(5) file has a range for a user that is large enough for Debian's own users (nobody is 65534). */
export function hasRange(text: string, user: string): boolean {
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .some(([name, , count]) => name === user && Number(count) >= 65_536);
}
