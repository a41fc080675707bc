import type { Arch } from '../arch.ts';
import { architectures } from '../arch.ts';
import { systemScript } from './content-key.ts';
import { runInNamespace } from './in-namespace.ts';
import { emulatorFor, namespaceFacts } from './namespace-facts.ts';
import { planNamespace } from './namespace.ts';
import type { PackageOptions } from './packages.ts';
import { systemProgress } from './system-progress.ts';

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

/** The host's libraries, where programs of its own can stand in for emulated ones. */
const hostLibraries = '/usr/lib/x86_64-linux-gnu';

/**
 * Installs Debian by build-system.sh. Throws UnavailableError, with what to do, where the host does not permit the
 * namespaces that takes, and when the installation fails.
 */
export async function installSystem(installation: Installation): Promise<void> {
  const { arch, packages, archive, rootfs, total, onStep, signal } = installation;
  const plan = planNamespace(await namespaceFacts(emulatorFor(arch)));
  const { emulator } = plan;
  const libraries = emulator !== null && process.arch === 'x64' ? hostLibraries : '-';
  const progress = systemProgress(total);
  await runInNamespace(plan, {
    what: 'installing Debian',
    archive,
    script: systemScript,
    args: [architectures[arch].debian, emulator ?? '-', libraries, packages.join(',')],
    output: rootfs,
    onLine: (line) => {
      const step = progress(line);
      if (step !== null) onStep(step.step, step.amount);
    },
    signal,
  });
}
