import type { Signal } from '../../model/boot.ts';
import type { OutcomeId, Stage } from '../../model/vocabulary.ts';
import { isOf } from '../../signatures/all.ts';
import type { Silence } from '../cpu/silence.ts';
import type { BootContext, Crash } from '../machine/context.ts';
import { isLooping } from '../machine/context.ts';
import { isDumping, isJumping } from '../machine/crash.ts';
import type { Failure } from '../machine/failures.ts';
import { causes, isKexecFailure } from '../machine/failures.ts';
import type { BootState } from '../machine/step.ts';

/** Why observation ended. `log-ended`: the recording ends there, which says nothing about the machine. */
export type End = {
  reason: 'log-ended' | 'qemu-exited' | 'stopped';
  /** QEMU's message, or why observation was stopped. */
  detail?: string;
  /** How long the console had been silent, in host milliseconds. */
  silentMs?: number;
};

/** Everything that a decision is based on. */
export type Standing = {
  /** The state of the boot machine. */
  state: BootState;
  context: BootContext;
  bytesSeen: boolean;
  machine: MachineFacts;
  silence: Silence;
  end: End | null;
};

/** The outcome of a boot, before it is explained. The cause comes first in `because`. */
export type Decision = {
  id: OutcomeId;
  generation: number;
  stage: Stage;
  because: Signal[];
  /** The version banner of the kernel it is about. */
  banner: Signal | null;
  /** Whether the CPU samples and the silence are part of the proof. */
  byCpu: boolean;
  /** Problems that the boot survived. */
  aside?: Signal[];
  /** Present if no line says so, and the outcome is inferred from where the console ends. */
  bySilence?: true;
};

/** A decision with its basis, and what its evidence captures. */
export type Decided = { decision: Decision; standing: Standing; captures: Record<string, string> };

/** The decision for a warning that nothing followed. */
export function byWarning(cause: Failure, others: Failure[], login: Signal | null): Decision {
  return { ...byFailure(cause, others, login), bySilence: true };
}

/** The decision for a failure. */
export function byFailure(cause: Failure, others: Failure[], login: Signal | null): Decision {
  const { outcome: id, generation, stage, banner } = cause;
  const because = known([...[cause, ...others].map(({ signal }) => signal), login]);
  return { id, generation, stage, because, banner, byCpu: false };
}

export function known(signals: (Signal | null)[]): Signal[] {
  return signals.filter((signal) => signal !== null);
}

/** Whether the outcome is final, whatever is done to the machine. */
export function isOver({ state, context }: Standing): boolean {
  return isLooping(context) || state.has('over');
}

/**
 * Whether waiting will not change the outcome, so that a live run may stop after a short grace period.
 * @param awaitGeneration the generation that should come up: the login prompt of an earlier one does not settle the boot,
 *   since its kexec may still follow
 */
export function isSettled(standing: Standing, awaitGeneration: number): boolean {
  const { state, context } = standing;
  if (isOver(standing) || state.name === 'firmware.stuck') return true;
  if (isDumping(context)) return state.has('rescue');
  const [cause] = causes(context);
  const stopped = state.has('rescue') || context.boundary === 'reset';
  if (cause !== undefined && isKexecFailure(cause)) return stopped || state.name === 'userspace.up';
  if (state.has('rescue')) return true;
  if (cause !== undefined && stopped) return true;
  return state.name === 'userspace.up' && context.generation >= awaitGeneration;
}

/**
 * The decision for a machine whose kernel has started its crash kernel. `dumped` needs both: the crash kernel's message
 * that it saved the dump, and a later kernel that comes up. `dump-not-saved` needs a message that it failed, or a crash
 * kernel that failed itself. Without either, the panic remains the outcome.
 */
export function afterCrash(decision: Decision, standing: Standing): Decision {
  const { crash, login, up } = standing.context;
  if (crash === null) return decision;
  if (isDumping(standing.context)) return duringDump(decision, crash, standing);
  const isOfCrash = decision.id === 'booted' || isAbout(decision, crash);
  if (!isOfCrash) return decision;
  const cameBack = login ?? up;
  if (crash.dump === null)
    return decision.id === 'booted' && cameBack !== null
      ? withSignal(panicOf(crash), cameBack)
      : decision;
  const { saved, signal } = crash.dump;
  if (saved && cameBack === null) return withSignal(decision, signal);
  const because = known([signal, ...lineOf(crash), cameBack]);
  const { banner } = panicOf(crash);
  return { ...decision, id: saved ? 'dumped' : 'dump-not-saved', because, banner, aside: [] };
}

/** The crash kernel is being started, or runs. */
function duringDump(decision: Decision, crash: Crash, { state, context }: Standing): Decision {
  const { generation, stage } = context;
  const isStuck = state.name === 'kexec.hung' || state.name === 'kernel.hung';
  const own = isJumping(context) ? [] : causes(context).map(({ signal }) => signal);
  const rescue = state.has('rescue') ? context.rescue : null;
  const trouble = known([crash.dump?.signal ?? null, ...own, rescue]);
  if (crash.dump?.saved === true) return withSignal(panicOf(crash), crash.dump.signal);
  if (isStuck || trouble.length > 0) {
    const because = [...trouble, ...lineOf(crash)];
    const { banner } = panicOf(crash);
    return { id: 'dump-not-saved', generation, stage, banner, because, byCpu: isStuck };
  }
  return isJumping(context) ? panicOf(crash) : decision;
}

/** The decision for the panic itself. */
function panicOf({ causes: [cause, ...others], generation, start }: Crash): Decision {
  if (cause !== undefined) return byFailure(cause, others, null);
  const here = { generation, stage: 'kernel', banner: null, byCpu: false } as const;
  return { ...here, id: 'kernel-panic', because: [start] };
}

function isAbout({ because: [first] }: Decision, crash: Crash): boolean {
  return first !== undefined && lineOf(crash).includes(first);
}

/** What is known of the crash, in order. */
function lineOf({ causes: failures, start }: Crash): Signal[] {
  return [...failures.map(({ signal }) => signal), start];
}

function withSignal(decision: Decision, signal: Signal): Decision {
  return { ...decision, because: [...decision.because, signal] };
}

/** What a console shows about the machine, for advice that fits it. Null: not known. */
export type MachineFacts = {
  arch: 'arm' | 'arm64' | 'x86' | 'riscv' | null;
  loader: 'uefi' | 'u-boot' | 'grub' | 'bios' | null;
};

export const nothingKnown: MachineFacts = { arch: null, loader: null };

/**
 * Patterns for the architecture in a kernel's banner: in the release, as distributions name it, or the compiler's name.
 */
const banners: [RegExp, MachineFacts['arch']][] = [
  [/amd64|x86[_-]64|i[36]86/, 'x86'],
  [/riscv/, 'riscv'],
  [/arm64|aarch64/i, 'arm64'],
  [/armmp|armv7|armhf|arm-linux/, 'arm'],
];

/** Adds what one signal shows. The newest loader counts, and the first architecture. */
export function learnMachine(facts: MachineFacts, signal: Signal): MachineFacts {
  const loader = loaderOf(signal) ?? facts.loader;
  const arch = facts.arch ?? archOf(signal);
  return loader === facts.loader && arch === facts.arch ? facts : { arch, loader };
}

/** Loaders by how the names of their signatures begin. */
const loaders: readonly [string, MachineFacts['loader']][] = [
  ['edk2-', 'uefi'],
  ['efi-', 'uefi'],
  ['qualcomm-', 'uefi'],
  ['u-boot-', 'u-boot'],
  ['grub-', 'grub'],
];

function loaderOf(signal: Signal): MachineFacts['loader'] {
  const [, loader] = loaders.find(([name]) => signal.signature.startsWith(name)) ?? [];
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

/** Whether advice for 32-bit arm may apply: the console does not show another architecture. */
export function mayBeArm({ arch }: MachineFacts): boolean {
  return arch === null || arch === 'arm';
}
