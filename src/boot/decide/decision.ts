import type { Signal } from '../../model/boot.ts';
import type { OutcomeId, Stage } from '../../model/vocabulary.ts';
import { isOf } from '../../signatures/all.ts';
import type { Silence } from '../cpu/silence.ts';
import type { BootContext } from '../machine/context.ts';
import { isLooping } from '../machine/context.ts';
import type { Failure } from '../machine/failures.ts';
import { causes, isKexecFailure } from '../machine/failures.ts';
import type { BootState } from '../machine/step.ts';

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
  /** Where the boot machine stands. */
  state: BootState;
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

export function known(signals: (Signal | null)[]): Signal[] {
  return signals.filter((signal) => signal !== null);
}

/** Whether nothing more can come of the boot, whatever anybody does to the machine. */
export function isOver({ state, context }: Standing): boolean {
  return isLooping(context) || state.has('over');
}

/**
 * Whether waiting will not change the outcome any more, so that a live run may stop after a short grace.
 * @param awaitGeneration the kernel that is meant to come up: an earlier one's login prompt is no end while its
 *   kexec may still come.
 */
export function isSettled(standing: Standing, awaitGeneration: number): boolean {
  const { state, context } = standing;
  if (isOver(standing) || state.name === 'firmware.stuck') return true;
  const [cause] = causes(context);
  const stopped = state.has('rescue') || context.boundary === 'reset';
  if (cause !== undefined && isKexecFailure(cause)) return stopped || state.name === 'userspace.up';
  if (state.has('rescue')) return true;
  if (cause !== undefined && stopped) return true;
  return state.name === 'userspace.up' && context.generation >= awaitGeneration;
}

/** What a console tells of the machine, for advice that fits it. Null: not known. */
export type MachineFacts = {
  arch: 'arm' | 'arm64' | 'x86' | 'riscv' | null;
  loader: 'uefi' | 'u-boot' | 'grub' | 'bios' | null;
};

export const nothingKnown: MachineFacts = { arch: null, loader: null };

/** Distributions name the architecture in the release; the compiler's name is in the same line. */
const banners: [RegExp, MachineFacts['arch']][] = [
  [/amd64|x86[_-]64|i[36]86/, 'x86'],
  [/riscv/, 'riscv'],
  [/arm64|aarch64/i, 'arm64'],
  [/armmp|armv7|armhf|arm-linux/, 'arm'],
];

/** Adds what one signal tells. The newest word on the loader counts, the first on the architecture. */
export function learnMachine(facts: MachineFacts, signal: Signal): MachineFacts {
  const loader = loaderOf(signal) ?? facts.loader;
  const arch = facts.arch ?? archOf(signal);
  return loader === facts.loader && arch === facts.arch ? facts : { arch, loader };
}

/** The signatures of firmware and loaders begin with its name. */
const loaders: readonly [string, MachineFacts['loader']][] = [
  ['edk2', 'uefi'],
  ['efi', 'uefi'],
  ['qualcomm', 'uefi'],
  ['u-boot', 'u-boot'],
  ['grub', 'grub'],
];

function loaderOf(signal: Signal): MachineFacts['loader'] {
  const [, loader] = loaders.find(([name]) => signal.signature.startsWith(`${name}-`)) ?? [];
  return loader ?? (isOf(signal, 'seabios') ? 'bios' : null);
}

function archOf(signal: Signal): MachineFacts['arch'] {
  const { text, captures } = signal;
  if (isOf(signal, 'kernel-version')) {
    const release = banners.find(([pattern]) => pattern.test(captures['release'] ?? ''));
    return (release ?? banners.find(([pattern]) => pattern.test(text)))?.[1] ?? null;
  }
  // arm64 prints the number of its first CPU in ten digits, arm in one.
  if (isOf(signal, 'kernel-booting')) return /0x[0-9a-f]{10}/.test(text) ? 'arm64' : null;
  if (isOf(signal, 'x86-kernel', 'seabios')) return 'x86';
  return isOf(signal, 'riscv-kernel', 'opensbi') ? 'riscv' : null;
}

/** Unless the console shows another architecture, advice for 32-bit arm is worth a try. */
export function mayBeArm({ arch }: MachineFacts): boolean {
  return arch === null || arch === 'arm';
}
