import type { Arch } from '../../arch.ts';
import { architectures } from '../../arch.ts';
import type { PackageOptions } from '../../debian/packages.ts';
import { systemScript } from '../recipes/content-key.ts';
import { runInNamespace } from './in-namespace.ts';
import { mapAllUsers, planNamespace, emulatorFor, namespaceFacts } from './namespace.ts';

export type Installation = {
  arch: Arch;
  /** The packages to install in addition to the base system. */
  packages: readonly string[];
  /** How many packages are installed in total. */
  total: number;
  /** A tar archive with build-system.sh and its input. */
  archive: string;
  /** Where the finished system is written as a tar archive. */
  rootfs: string;
  onStep: PackageOptions['onStep'];
  signal: AbortSignal | undefined;
};

/** The host's libraries. Programs that use them can replace emulated ones. */
const hostLibraries = '/usr/lib/x86_64-linux-gnu';

/**
 * Installs Debian with build-system.sh. Throws UnavailableError if the host does not permit the namespaces needed (the
 * hint says how to permit them), and if the installation fails.
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

/** Messages of build-system.sh and its namespace that are not shown to the user. */
const forTheLab = [mapAllUsers, 'kexec-lab: done'];

/** mmdebstrap's stages, in the words that the user sees. */
const stages: [RegExp, string][] = [
  [/^I: extracting archives/, 'unpacking the essential packages'],
  [/^I: installing essential packages/, 'installing the essential packages'],
  [/^I: installing remaining packages/, 'installing the other packages'],
];

/**
 * Follows an installation by the output of mmdebstrap, dpkg and build-system.sh. Counts packages as they are set up, out
 * of `total`. Returns a function that returns the progress that a line of output reports, if any.
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
