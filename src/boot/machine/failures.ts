import type { Signal } from '../../model/boot.ts';
import type { OutcomeId, Stage } from '../../model/vocabulary.ts';
import type { SignatureId } from '../../signatures/all.ts';
import { isOf } from '../../signatures/all.ts';

/** A possible reason why a boot failed, and the generation and stage in which it appeared. */
export type Failure = {
  outcome: OutcomeId;
  generation: number;
  stage: Stage;
  signal: Signal;
  /** The version banner of the kernel it happened to. */
  banner: Signal | null;
};

const kexecOutcomes: readonly OutcomeId[] = ['kexec-missing', 'kexec-load-failed', 'kexec-refused'];

/** Whether a kexec failed before the jump, so that the old kernel keeps running. */
export function isKexecFailure({ outcome }: Failure): boolean {
  return kexecOutcomes.includes(outcome);
}

/** Whether a kexec failed, before or after the jump. */
export function isOfKexec(failure: Failure): boolean {
  return isKexecFailure(failure) || failure.outcome === 'bye-hang';
}

/** Failures that a broken initrd causes: without it, the kernel finds no root or no init, perhaps much later. */
const consequencesOfBrokenInitrd: readonly OutcomeId[] = [
  'root-mount-failed',
  'root-missing',
  'no-init',
  'kernel-panic',
];

/** Whether the kernel hit a fault from which it did not recover. */
export function isOops({ outcome }: Failure): boolean {
  return outcome === 'kernel-panic';
}

/** Messages that follow from a fault of the kernel, in its first process or elsewhere. */
const consequencesOfOops: readonly SignatureId[] = ['kernel-panic', 'init-exited'];

/**
 * The causes of a generation's end, the primary one first. That is the first failure, since later ones follow from it.
 * Exceptions: the kernel's refusal comes before kexec's message about it, and a fault before the panic that it leads to.
 */
export function causes({
  failures,
  warnings,
}: Record<'failures' | 'warnings', Failure[]>): Failure[] {
  const first = failures.find(({ outcome }) => outcome === 'kexec-refused') ?? failures[0];
  if (first === undefined) return [];
  const brokenInitrd = warnings.find(({ outcome }) => outcome === 'initramfs-corrupt');
  const oopses = failures.some(({ signal }) => isPanic(signal)) ? warnings.filter(isOops) : [];
  const [oops] = oopses;
  const primary =
    brokenInitrd && consequencesOfBrokenInitrd.includes(first.outcome)
      ? brokenInitrd
      : oops && isOf(first.signal, ...consequencesOfOops)
        ? oops
        : first;
  return [primary, ...[...oopses, ...failures].filter((failure) => failure !== primary)];
}

function isPanic(signal: Signal): boolean {
  return isOf(signal, 'kernel-panic', 'init-exited', 'no-working-init', 'vfs-panic');
}

/**
 * Warnings that explain why a boot stops, the most specific first: a trace that names its reason explains more than the
 * stall that it accompanies. A complaint about the initrd alone is not a proof; some are harmless.
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
 * Warnings that may explain why a boot stopped, the most likely cause first. Among equals, that is a kernel's first
 * problem, but firmware's last: firmware goes on to its next boot option after each.
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

export function isOfFirmware({ outcome }: Failure): boolean {
  return outcome === 'firmware-stuck';
}

/** Whether it is a problem after which an initramfs offers a shell. */
export function isRootTrouble({ outcome }: Failure): boolean {
  return outcome === 'root-missing' || outcome === 'root-mount-failed' || outcome === 'no-init';
}
