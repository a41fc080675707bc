import type { Outcome } from '../model/boot.ts';
import type { OutcomeId } from '../model/vocabulary.ts';
/** Outcomes that say no more than that nothing is heard. */
const silent: readonly OutcomeId[] = ['bye-hang', 'console-lost', 'kernel-hang', 'kernel-silent'];

/** Of a machine that is proved to be dead. */
const dead: readonly OutcomeId[] = ['bye-hang', 'kernel-hang', 'kernel-silent'];

/** Whether a boot has ended in a silence that the machine's memory may explain. */
export function isSilent({ id, stage }: Pick<Outcome, 'id' | 'stage'>): boolean {
  return silent.includes(id) || (id === 'unknown' && stage === 'kexec');
}

/** Whether a boot has ended in a machine that is proved to be dead. */
export function isDead({ id }: Pick<Outcome, 'id'>): boolean {
  return dead.includes(id);
}
