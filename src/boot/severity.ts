import type { OutcomeId } from '../model/vocabulary.ts';
import type { Failure } from './context.ts';
/**
 * Warnings that explain a boot which stops there, the most telling first: a stack that names its reason says more
 * than the stall it comes with. A complaint about the initrd alone is no proof; some are harmless.
 */
const severities: OutcomeId[] = [
  'entropy-blocked',
  'irq-storm',
  'kernel-panic',
  'root-missing',
  'root-mount-failed',
  'no-init',
  'firmware-stuck',
  'kernel-hang',
];

/**
 * Of several troubles of a kernel the first is the cause; firmware that goes on to its next boot option has left the last
 * one behind.
 */
export function worstFirst(warnings: Failure[]): Failure[] {
  const order = ({ outcome }: Failure) => severities.indexOf(outcome);
  return warnings
    .filter(({ outcome }) => severities.includes(outcome))
    .sort(
      (a, b) =>
        order(a) - order(b) ||
        (a.outcome === 'firmware-stuck' ? warnings.indexOf(b) - warnings.indexOf(a) : 0),
    );
}
