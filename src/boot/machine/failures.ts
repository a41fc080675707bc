import type { Signal } from '../../model/boot.ts';
import type { OutcomeId, Stage } from '../../model/vocabulary.ts';
import type { SignatureId } from '../../signatures/all.ts';
import { isOf } from '../../signatures/all.ts';

/** A reason why a boot may not have succeeded, and where it was when it showed. */
export type Failure = {
  outcome: OutcomeId;
  generation: number;
  stage: Stage;
  signal: Signal;
  /** The version banner of the kernel it happened to. */
  banner: Signal | null;
};

const kexecOutcomes: readonly OutcomeId[] = ['kexec-missing', 'kexec-load-failed', 'kexec-refused'];

/** Whether the failure is that of a kexec, which leaves the old kernel running. */
export function isKexecFailure({ outcome }: Failure): boolean {
  return kexecOutcomes.includes(outcome);
}

/** Whether a kexec has failed, on either side of the jump. */
export function isOfKexec(failure: Failure): boolean {
  return isKexecFailure(failure) || failure.outcome === 'bye-hang';
}

/** A broken initrd is why the kernel finds no root or no init, even where the kernel goes on for a while. */
const consequencesOfBrokenInitrd: readonly OutcomeId[] = [
  'root-mount-failed',
  'root-missing',
  'no-init',
  'kernel-panic',
];

/** A fault of the kernel, as far as it did not go on. */
export function isOops({ outcome }: Failure): boolean {
  return outcome === 'kernel-panic';
}

/** What a fault of the kernel in its first process, or anywhere, makes it say. */
const consequencesOfOops: readonly SignatureId[] = ['kernel-panic', 'init-exited'];

/**
 * The causes of a generation's end, the primary one first. It is the first failure there was, for what follows
 * is a consequence; a refusal by the kernel goes before the words kexec has for it, a fault of the kernel before the
 * panic it ends in.
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

export function isOfFirmware({ outcome }: Failure): boolean {
  return outcome === 'firmware-stuck';
}

/** Why an initramfs may offer a shell. */
export function isRootTrouble({ outcome }: Failure): boolean {
  return outcome === 'root-missing' || outcome === 'root-mount-failed' || outcome === 'no-init';
}
