import type { Arch } from '../../arch.ts';
import { architectures } from '../../arch.ts';
import type { PackageOptions } from '../../debian/packages.ts';
import { systemScript } from '../recipes/content-key.ts';
import { runInNamespace } from './in-namespace.ts';
import { mapAllUsers, planNamespace, emulatorFor, namespaceFacts } from './namespace.ts';

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

/** What build-system.sh and its namespace say to the lab, and to nobody else. */
const forTheLab = [mapAllUsers, 'kexec-lab: done'];

/** mmdebstrap's stages, in the words a user sees. */
const stages: [RegExp, string][] = [
  [/^I: extracting archives/, 'unpacking the essential packages'],
  [/^I: installing essential packages/, 'installing the essential packages'],
  [/^I: installing remaining packages/, 'installing the other packages'],
];

/**
 * Follows an installation by what mmdebstrap, dpkg and build-system.sh print. Packages are counted as they are set up;
 * `total` is how many there are. Returns a function that tells the step a line begins, if it begins one.
 */
export function systemProgress(
  total: number,
): (line: string) => { step: string; amount?: { done: number; total: number } } | null {
  let step = 'installing the packages';
  let done = 0;
  return (line) => {
    if (forTheLab.includes(line)) return null;
    const [, own] = /^kexec-lab: (.+)$/.exec(line) ?? [];
    const next = own ?? stages.find(([pattern]) => pattern.test(line))?.[1];
    if (next !== undefined) return { step: (step = next) };
    if (!/^Setting up \S+ \(/.test(line)) return null;
    done += 1;
    return { step, amount: { done, total } };
  };
}
