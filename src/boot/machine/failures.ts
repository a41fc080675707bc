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
  const first =
    failures.find(({ outcome }) => outcome === 'kexec-refused') ??
    failures.find(isMountOfKnownDevice) ??
    failures[0];
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

/**
 * Whether initramfs-tools gave up a device although it exists. It mounts only what has appeared; otherwise its alert is the
 * first failure. BusyBox's mount says "No such file or directory" before, if no driver for a file system is loaded that it
 * could try: what it did not find is then /etc/filesystems.
 */
function isMountOfKnownDevice(failure: Failure, _: number, [first]: Failure[]): boolean {
  return (
    first !== undefined &&
    isOf(first.signal, 'mount-root-no-device') &&
    isOf(failure.signal, 'root-mount-gave-up') &&
    first.signal.captures.device === failure.signal.captures.device
  );
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

/** Something that a machine had before a kexec and does not have after it. */
type Loss = {
  /** In a few words, such as `CPUs (4, now 1)`. */
  what: string;
  /** The word of the second kernel's command line that asks for it, such as `maxcpus=1`; null if none does. */
  asked: string | null;
};

/** Words of a command line that take something from a kernel. (Linux, admin-guide/kernel-parameters.txt) */
const askFor = {
  cpus: /^(?:(?:maxcpus|nr_cpus)=.*|nosmp)$/,
  memory: /^(?:mem|memmap)=/,
  msi: /^(?:pci=(?:.*,)?nomsi\b.*|irqchip\.gicv3_nolpi=[1yY].*)$/,
};

/** A kernel manages less memory than another one of the same machine: drivers and tables differ. Share of the memory. */
const leastMemory = 0.9;

/**
 * What a machine has lost in a kexec: the second kernel's line about the machine compared with the first one's. Empty if
 * nothing is lost, or either line is missing. What the command line asks for is a loss all the same: a `maxcpus=1` that
 * was copied from elsewhere costs as much as a CPU that does not start.
 */
export function lossesOf({
  machine,
  machineBefore,
  proofs,
}: Record<'machine' | 'machineBefore', Signal | null> & { proofs: readonly Signal[] }): Loss[] {
  if (machine === null || machineBefore === null) return [];
  const [before, now] = [machineBefore.captures, machine.captures];
  const kinds = (text = ''): string[] => text.split(',').filter(Boolean);
  const missing = kinds(before['interrupts']).filter(
    (kind) => !kinds(now['interrupts']).includes(kind),
  );
  const fewer = (key: string, share: number) => Number(now[key]) < Number(before[key]) * share;
  const broken = (key: string) => ['stopped', 'failed'].includes(now[key] ?? '');
  const change = (key: string, unit = '') =>
    `${before[key] ?? ''}${unit}, now ${now[key] ?? ''}${unit}`;
  const words = wordsOf(proofs);
  const loss = (what: string, pattern?: RegExp): Loss => ({
    what,
    asked: words.findLast((word) => pattern?.test(word) === true) ?? null,
  });
  return [
    ...(fewer('cpus', 1) ? [loss(`CPUs (${change('cpus')})`, askFor.cpus)] : []),
    ...(fewer('memory', leastMemory)
      ? [loss(`memory (${change('memory', ' KiB')})`, askFor.memory)]
      : []),
    ...missing.map((kind) =>
      loss(
        `interrupts (${kind})`,
        kind === 'msi' ? askFor.msi : kind === 'ipi' ? askFor.cpus : undefined,
      ),
    ),
    ...(broken('clock') ? [loss('the clock (no time passes)')] : []),
    ...(broken('disk') ? [loss('the disk (what is written cannot be read back)')] : []),
  ];
}

/** The words of the command line that the running system proved. */
function wordsOf(proofs: readonly Signal[]): string[] {
  const proved = proofs.findLast(({ captures }) => captures['cmdline'] !== undefined);
  return proved?.captures['cmdline']?.split(/\s+/) ?? [];
}
