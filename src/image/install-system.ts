import { execa, ExecaError } from 'execa';
import { writeFile } from 'node:fs/promises';
import { UnavailableError } from '../errors.ts';
import { toolEnvironment } from '../host/tool-environment.ts';
import type { Arch } from '../scenario/scenario.ts';
import { debianArchitectures } from './debian-architectures.ts';
import { installationTrouble } from './installation-trouble.ts';
import type { PackageOptions } from './packages.ts';
import { systemProgress } from './system-progress.ts';
import { namespaceFacts } from './namespace-facts.ts';
import { mapAllUsers, planNamespace } from './namespace.ts';

export type Installation = {
  arch: Arch;
  /** What apt is asked to install over the base system. */
  packages: readonly string[];
  /** How many packages that will be. */
  total: number;
  /** A tar archive of build-system.sh and what it works on. */
  archive: string;
  /** Where the finished system is written, as a tar archive. */
  rootfs: string;
  onStep: PackageOptions['onStep'];
  signal: AbortSignal | undefined;
};

/** Lays the archive out on a tmpfs, which goes with the namespace, and lets its script do the rest. */
const start = `mount -t tmpfs -o mode=755 tmpfs /mnt &&
  tar --extract --no-same-owner --directory /mnt <&4 && exec sh /mnt/build-system.sh "$@"`;

/** Opens both archives while it may: whoever root is in there need not have access to them. */
const openFiles = 'archive=$1 rootfs=$2; shift 2; exec "$@" 3>"$rootfs" 4<"$archive"';

/** The host's libraries, where programs of its own can stand in for emulated ones. */
const hostLibraries = '/usr/lib/x86_64-linux-gnu';

/**
 * Runs build-system.sh as root of namespaces of its own, in which it can mount and chroot without the host noticing.
 * Throws UnavailableError, with what to do, where the host does not permit that, and when the installation fails.
 */
export async function installSystem(installation: Installation): Promise<void> {
  const { arch, packages, archive, rootfs, total, onStep, signal } = installation;
  const { command, mapsAllUsers, emulator } = planNamespace(await namespaceFacts(arch));
  const libraries = emulator !== null && process.arch === 'x64' ? hostLibraries : '-';
  const script = ['sh', '-c', start, 'build-system', debianArchitectures[arch], emulator ?? '-'];
  const inside = [...command, ...script, libraries, packages.join(',')];
  const progress = systemProgress(total);
  const said: string[] = [];
  try {
    const running = execa('sh', ['-c', openFiles, 'sh', archive, rootfs, ...inside], {
      env: { ...toolEnvironment(), TMPDIR: '/tmp' },
      cwd: '/',
      // Our end of its standard input stays open. When it closes, as it does when this process dies, all in there ends.
      stdin: 'pipe',
      all: true,
      buffer: false,
      ...(signal === undefined ? {} : { cancelSignal: signal }),
    });
    for await (const line of running.iterable({ from: 'all' })) {
      said.push(line);
      const step = progress(line);
      if (step !== null) onStep(step.step, step.amount);
      if (mapsAllUsers && line === mapAllUsers) {
        await mapUsers(running.pid);
        running.stdin.write('\n');
      }
    }
    await running;
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof ExecaError)) throw error;
    const words = installationTrouble(said) || error.shortMessage;
    throw new UnavailableError(`installing Debian failed: ${words}`, { cause: error });
  }
}

/** Makes every user of the host the same user in a process's user namespace. Only root may. */
async function mapUsers(pid: number | undefined): Promise<void> {
  for (const map of ['uid_map', 'gid_map'])
    await writeFile(`/proc/${pid}/${map}`, `0 0 ${2 ** 32 - 1}`);
}
