import type { Signal } from '../../model/boot.ts';
import type { OutcomeId, Stage } from '../../model/vocabulary.ts';
import type { Silence } from '../cpu/silence.ts';
import type { Failure, BootContext } from '../machine/context.ts';
import { causes, isKexecFailure, isLooping } from '../machine/context.ts';

/** How the watching ended. `log-ended` says nothing about the machine but that no more was recorded. */
export type End = {
  reason: 'log-ended' | 'qemu-exited' | 'stopped';
  /** QEMU's own words, or why the watching was stopped. */
  detail?: string;
  /** How long the console had been silent, in host milliseconds. */
  silentMs?: number;
};

/** All there is to decide on. */
export type Standing = {
  /** Where the boot machine stands, as `stage.state`. */
  state: string;
  context: BootContext;
  bytesSeen: boolean;
  machine: MachineFacts;
  silence: Silence;
  end: End | null;
};

/** What became of the boot, before it is put into words. The cause comes first in `because`. */
export type Decision = {
  id: OutcomeId;
  generation: number;
  stage: Stage;
  because: Signal[];
  /** The version banner of the kernel it is about. */
  banner: Signal | null;
  /** Whether the CPU samples and the silence are part of the proof. */
  byCpu: boolean;
  /** What looked like trouble and was none. */
  aside?: Signal[];
  /** No line says it: the console ends there. */
  bySilence?: true;
};

/** A decision, what it rests on, and what its evidence names. */
export type Decided = { decision: Decision; standing: Standing; captures: Record<string, string> };

/** A warning after which nothing came. */
export function byWarning(cause: Failure, others: Failure[], login: Signal | null): Decision {
  return { ...byFailure(cause, others, login), bySilence: true };
}

export function byFailure(cause: Failure, others: Failure[], login: Signal | null): Decision {
  const { outcome: id, generation, stage, banner } = cause;
  const because = known([...[cause, ...others].map(({ signal }) => signal), login]);
  return { id, generation, stage, because, banner, byCpu: false };
}

export function isOfFirmware({ outcome }: Failure): boolean {
  return outcome === 'firmware-stuck';
}

/** Why an initramfs may offer a shell. */
export function isRootTrouble({ outcome }: Failure): boolean {
  return outcome === 'root-missing' || outcome === 'root-mount-failed' || outcome === 'no-init';
}

export function known(signals: (Signal | null)[]): Signal[] {
  return signals.filter((signal) => signal !== null);
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

/** What a console tells of the machine, for advice that fits it. Null: not known. */
export type MachineFacts = {
  arch: 'arm' | 'arm64' | 'x86' | 'riscv' | null;
  loader: 'uefi' | 'u-boot' | 'grub' | 'bios' | null;
};

export const nothingKnown: MachineFacts = { arch: null, loader: null };

const arches: Record<string, MachineFacts['arch']> = {
  'x86-kernel': 'x86',
  seabios: 'x86',
  'riscv-kernel': 'riscv',
  opensbi: 'riscv',
};

/** Distributions name the architecture in the release; the compiler's name is in the same line. */
const banners: [RegExp, MachineFacts['arch']][] = [
  [/amd64|x86[_-]64|i[36]86/, 'x86'],
  [/riscv/, 'riscv'],
  [/arm64|aarch64/i, 'arm64'],
  [/armmp|armv7|armhf|arm-linux/, 'arm'],
];

/** Adds what one signal tells. The newest word on the loader counts, the first on the architecture. */
export function learnMachine(
  facts: MachineFacts,
  { signature, text, captures }: Signal,
): MachineFacts {
  const loader = loaderOf(signature) ?? facts.loader;
  const arch = facts.arch ?? arches[signature] ?? archOf(signature, text, captures);
  return loader === facts.loader && arch === facts.arch ? facts : { arch, loader };
}

function loaderOf(signature: string): MachineFacts['loader'] {
  if (/^(?:edk2|efi|qualcomm)-/.test(signature)) return 'uefi';
  if (signature.startsWith('u-boot-')) return 'u-boot';
  if (signature.startsWith('grub-')) return 'grub';
  return signature === 'seabios' ? 'bios' : null;
}

function archOf(
  signature: string,
  text: string,
  captures: Signal['captures'],
): MachineFacts['arch'] {
  if (signature === 'kernel-version') {
    const release = banners.find(([pattern]) => pattern.test(captures['release'] ?? ''));
    return (release ?? banners.find(([pattern]) => pattern.test(text)))?.[1] ?? null;
  }
  // arm64 prints the number of its first CPU in ten digits, arm in one.
  if (signature !== 'kernel-booting') return null;
  return /0x[0-9a-f]{10}/.test(text) ? 'arm64' : null;
}

/** Unless the console shows another architecture, advice for 32-bit arm is worth a try. */
export function mayBeArm({ arch }: MachineFacts): boolean {
  return arch === null || arch === 'arm';
}
