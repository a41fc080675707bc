import { readFile } from 'node:fs/promises';
import { release, userInfo } from 'node:os';
import type { Arch } from '../arch.ts';
import { fileExists } from './file-exists.ts';

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
    binfmtPerNamespace: isAtLeast(release(), 6, 7),
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

/** Is a kernel's release, such as `6.1.0-18-amd64`, at least major.minor? */
export function isAtLeast(kernel: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = kernel.split('.').map((part) => Number.parseInt(part, 10));
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
