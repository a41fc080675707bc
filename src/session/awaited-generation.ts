import type { Expectation } from '../model/result.ts';
import type { Setup } from '../scenario/scenario.ts';

/** The generation that must come up to count as booted. A scenario that asks for a kexec wants the second kernel. */
export function awaitedGeneration(setup: Setup, expect: Expectation): number {
  const asked = 'KEXEC_KERNEL' in setup.tags ? 2 : 1;
  return Math.max(asked, expect.outcome === 'booted' ? (expect.generation ?? 1) : 1);
}

/**
 * The first generation whose login prompt ends the observation. An outcome that is expected in a later generation, or after
 * a kexec from a running system, has not happened yet when an earlier system is up. A scenario that expects the wrong kernel
 * has seen its outcome when that kernel is up.
 */
export function settlingGeneration(setup: Setup, expect: Expectation): number {
  if (expect.outcome === 'reboot-loop') return Infinity;
  const { outcome, generation = 1 } = expect;
  if (outcome === 'wrong-kernel' && expect.generation !== undefined) return generation;
  const afterJump = ['bye-hang', 'console-lost'].includes(outcome) ? generation + 1 : generation;
  return Math.max(awaitedGeneration(setup, expect), afterJump);
}
