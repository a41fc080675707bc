import { causes, isKexecFailure, isLooping } from './context.ts';
import type { Standing } from './decision.ts';

/** Whether nothing more can come of the boot, whatever anybody does to the machine. */
export function isOver({ state, context }: Standing): boolean {
  if (isLooping(context) || state.endsWith('.panicked')) return true;
  return ['kexec.hung', 'kexec.lost', 'kernel.hung', 'firmware.kernelSilent'].includes(state);
}

/**
 * Whether waiting will not change the outcome any more, so that a live run may stop after a short grace.
 * @param awaitGeneration the kernel that is meant to come up: an earlier one's login prompt is no end while its
 *   kexec may still come.
 */
export function isSettled(standing: Standing, awaitGeneration: number): boolean {
  const { state, context } = standing;
  if (isOver(standing) || state === 'firmware.stuck') return true;
  const [cause] = causes(context);
  const stopped = state.endsWith('.rescue') || context.boundary === 'reset';
  if (cause !== undefined && isKexecFailure(cause)) return stopped || state === 'userspace.up';
  if (state.endsWith('.rescue')) return true;
  if (cause !== undefined && stopped) return true;
  return state === 'userspace.up' && context.generation >= awaitGeneration;
}
