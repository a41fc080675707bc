/** Starts kernels one after the other with `systemctl kexec`: each from the system that the previous one has brought up. */
import type { Arch } from '../../src/arch.ts';
import { diagnose } from '../../src/index.ts';
import type { What } from './boots.ts';
import { bootAll, logInTo } from './boots.ts';
import type { Became } from './cells.ts';
import { becameOf } from './cells.ts';
import { mountEsp } from './guest.ts';

type Circumstances = {
  scratch: string;
  arch: Arch;
  boot: What['boot'];
  /** A word for the name of the scenario. */
  lockdown: string;
  /** The release of every kernel. */
  release: string;
};

/**
 * Starts a kernel for each of `preparations`, which are commands that make systemctl load it. A kernel that does not come
 * up ends a boot, and the next one begins with the kernel after it.
 */
export async function startInTurn(
  preparations: readonly (readonly string[])[],
  circumstances: Circumstances,
): Promise<Became[]> {
  const { scratch, arch, boot, lockdown, release } = circumstances;
  const all: Became[] = [];
  while (all.length < preparations.length) {
    const rest = preparations.slice(all.length);
    const scenario: What = {
      name: `start-system-${lockdown}-${all.length + 1}`,
      boot,
      steps: rest.flatMap((commands, index) => [
        ...logInTo(index + 1),
        { run: mountEsp },
        ...commands.map((command) => ({ run: command })),
        { run: 'systemctl kexec', exit: 'gone' as const },
      ]),
      expect: { outcome: 'booted', generation: rest.length + 1, root: '/dev/vda1', release },
    };
    const [run] = await bootAll(scratch, arch, [scenario], []);
    if (run === undefined) throw new Error('no boot');
    const last = becameOf(run);
    // The first kernel of all is of generation 1, and the last one decides the outcome.
    const started = Math.max(last.generation, 2) - 1;
    for (let generation = 2; generation <= started; generation += 1)
      all.push(await cameUp(run.console, generation, release));
    all.push(last);
  }
  return all;
}

/** What became of a kernel from whose system the next one was started. @throws Error if the console does not prove it */
async function cameUp(console: string, generation: number, release: string): Promise<Became> {
  const proofs = console.matchAll(
    /kexec-lab: release=(\S+)\s+kexec-lab: root=(\S+)\s+kexec-lab: cmdline=(.*)/g,
  );
  const [, proven, root, cmdline = ''] = [...proofs][generation - 1] ?? [];
  if (proven !== release || root !== '/dev/vda1' || !cmdline.includes('is_in_kexec=yes'))
    throw new Error(`generation ${generation} did not prove that it came up: ${cmdline}`);
  const logins = [...console.matchAll(/^\S+ login: /gm)];
  const until = (logins[generation - 1]?.index ?? 0) + (logins[generation - 1]?.[0].length ?? 0);
  const found = await diagnose(console.slice(0, until).split('\n'));
  const { outcome, meaning, cure, evidence } = found;
  if (outcome !== 'booted' || found.generation !== generation)
    throw new Error(`generation ${generation}: ${outcome} ${found.generation}`);
  return {
    ...{ outcome, generation, release, meaning, cure },
    evidence: evidence.slice(0, 3).map(({ text }) => text),
  };
}
