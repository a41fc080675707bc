import { causes, isKexecFailure, isLooping } from './context.ts';
import type { Standing } from './decide.ts';

/**
 * Whether waiting will not change the outcome any more, so that a live run may stop after a short grace.
 * @param awaitGeneration the kernel that is meant to come up: an earlier one's login prompt is no end while its
 *   kexec may still come.
 */
export function isSettled({ state, context }: Standing, awaitGeneration: number): boolean {
  if (isLooping(context) || state.endsWith('.panicked')) return true;
  if (['kexec.hung', 'kexec.lost', 'kernel.hung', 'firmware.stuck'].includes(state)) return true;
  const [cause] = causes(context);
  const stopped = state.endsWith('.rescue') || context.boundary === 'reset';
  if (cause !== undefined && isKexecFailure(cause)) return stopped || state === 'userspace.up';
  if (state.endsWith('.rescue')) return true;
  if (cause !== undefined && stopped) return true;
  return state === 'userspace.up' && context.generation >= awaitGeneration;
}
