import type { BootContext, Failure } from './context.ts';
import { causes, isKexecFailure, isLooping } from './context.ts';
import type { MachineFacts } from './machine-facts.ts';
import type { OutcomeId, Stage } from './outcome.ts';
import type { Signal } from './signal.ts';
import { worstFirst } from './severity.ts';
import type { Silence } from './silence.ts';

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

/**
 * How sure a decision is.
 *
 * - `proved`: more than the console says so: the CPUs were looked at, the system named its own kernel, QEMU ended.
 * - `shown`: a line of the console says so.
 * - `likely`: nothing says so but that the console ends where it does.
 * - `unknown`: it cannot be said.
 */
export const certainties = ['proved', 'shown', 'likely', 'unknown'] as const;
export type Certainty = (typeof certainties)[number];

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

/** Decides what became of a boot: the strongest proof first, and `unknown` wherever there is doubt. */
export function decide(standing: Standing): Decision {
  const { state, context, silence } = standing;
  const { generation, stage, banner } = context;
  const here = { generation, stage, banner, byCpu: false };
  if (isLooping(context)) {
    const { resets, lastWords, jumps } = context;
    return { ...here, id: 'reboot-loop', because: resets >= 3 ? lastWords : jumps };
  }
  const [cause, ...consequences] = causes(context);
  if (cause !== undefined && !outlived(context)) {
    return byFailure(cause, consequences, context.login);
  }
  if (isLeaving(state)) return decideLeaving(standing);
  if (state === 'kernel.hung') return { ...here, id: 'kernel-hang', because: [], byCpu: true };
  if (state === 'firmware.stuck') {
    const because = [context.firmwareFailed, ...warned(context, 'firmware-stuck')];
    return {
      ...here,
      id: 'firmware-stuck',
      because: known(because),
      byCpu: silence.judgement !== null,
    };
  }
  if (state === 'firmware.kernelSilent') {
    return { ...here, id: 'kernel-silent', because: handedOverTo(context), byCpu: true };
  }
  const logEnded = standing.end?.reason === 'log-ended';
  if (state === 'firmware.handedOver' && logEnded && worstFirst(context.warnings).length === 0) {
    return { ...here, id: 'kernel-silent', because: handedOverTo(context), bySilence: true };
  }
  if (context.login !== null) return decideUp(standing, context.login);
  const [carried, ...others] = context.carried;
  if (carried !== undefined) return byFailure(carried, others, null);
  if (state.endsWith('.rescue')) {
    const [trouble, ...more] = worstFirst(context.warnings.filter(isRootTrouble));
    if (trouble !== undefined) return byFailure(trouble, more, null);
    return { ...here, id: 'rescue-shell', because: known([context.rescue, context.timedOut]) };
  }
  const up = context.up ?? loneShell(context);
  if (up !== null && standing.end !== null) {
    const decision = decideUp(standing, up);
    return context.up === null ? { ...decision, bySilence: true } : decision;
  }
  return decideUnfinished(standing);
}

/** After the jump: silence is the normal thing for a while, and only samples or the log's end say more. */
function decideLeaving({ state, context, silence, end }: Standing): Decision {
  const { generation, stage, banner, kexecLeft, kexecStarted, login } = context;
  const lastWords = known([kexecLeft, kexecStarted, context.decompressed]);
  const early = context.warnings.filter(({ signal }) => behindTheJump.includes(signal.signature));
  const because = [...early.map(({ signal }) => signal), ...lastWords];
  const here = { generation, stage, banner, byCpu: false, because };
  if (login !== null) return { ...here, id: 'unknown', because: [login, ...lastWords] };
  if (early.length > 0) return { ...here, id: 'bye-hang' };
  const [trouble, ...others] = worstFirst(context.warnings);
  if (trouble !== undefined && kexecLeft === null) return byWarning(trouble, others, null);
  if (state === 'kexec.hung') return { ...here, id: 'bye-hang', byCpu: true };
  if (state === 'kexec.lost') return { ...here, id: 'console-lost', byCpu: true };
  if (end?.reason === 'log-ended') return { ...here, id: 'bye-hang', bySilence: true };
  if (end?.reason === 'qemu-exited') return { ...here, id: 'qemu-exited' };
  return { ...here, id: 'unknown', byCpu: silence.judgement !== null };
}

/** A system that is up is a success only of the kernel that was meant to get there, and only while it stays up. */
function decideUp({ context, end }: Standing, up: Signal): Decision {
  const {
    bornBy,
    boundary,
    carried,
    recovers,
    kexecAnnounced,
    kexecComplaint,
    typedInVain,
    crashKernel,
    replaced,
    poweredOff,
  } = context;
  const { generation, stage, proofs, banner, survived, warnings } = context;
  const here = { generation, stage, banner, byCpu: false };
  const asked = kexecComplaint ?? kexecAnnounced;
  if ((bornBy !== 'kexec' || typedInVain) && asked !== null) {
    const because = [asked, up];
    return { ...here, id: 'kexec-load-failed', stage: 'kexec', because, bySilence: true };
  }
  const [cause, ...consequences] = recovers ? [] : carried;
  if (cause !== undefined) return byFailure(cause, consequences, up);
  if (crashKernel !== null) return { ...here, id: 'kernel-panic', because: [crashKernel, up] };
  if (replaced !== null) return { ...here, id: 'wrong-kernel', because: [replaced, up] };
  const [stuck, ...before] = worstFirst(warnings.filter(isOfFirmware));
  if (boundary === 'reset' && stuck !== undefined) return byWarning(stuck, before, null);
  if (boundary === 'reset' && poweredOff === null) return { ...here, id: 'unknown', because: [up] };
  // The lab ends a boot that is up at once: there is no time for a machine to show that it lives on.
  const open = warnings.filter((warning) => !isOver(warning, up));
  const [trouble, ...others] = end?.reason === 'log-ended' ? worstFirst(open) : [];
  if (trouble !== undefined) return byWarning(trouble, others, up);
  const because = known([up, ...proofs, poweredOff, banner]);
  const aside = [...carried, ...survived].map(({ signal }) => signal);
  return { ...here, id: 'booted', because, aside };
}

/** A shell is a system's where nothing went wrong before it and no initramfs has offered it. */
function loneShell({ bareShell, programsSpoke, survived, warnings }: BootContext): Signal | null {
  // An initrd that was complained about, and a shell from it: it was not that bad.
  const open = warnings.filter(({ outcome }) => outcome !== 'initramfs-corrupt');
  return programsSpoke || survived.length > 0 || open.length > 0 ? null : bareShell;
}

/** Nothing failed and nothing succeeded, as far as the console shows. */
function decideUnfinished({ context, bytesSeen, end }: Standing): Decision {
  const { generation, stage, banner, warnings } = context;
  const here = { generation, stage, banner, byCpu: false, because: [] };
  if (end === null) return { ...here, id: 'unknown' };
  const [worst, ...others] = worstFirst(warnings);
  if (worst !== undefined) return byWarning(worst, others, null);
  if (end.reason === 'qemu-exited') return { ...here, id: 'qemu-exited' };
  return { ...here, id: bytesSeen ? 'unknown' : 'no-output' };
}

/** A warning after which nothing came. */
function byWarning(cause: Failure, others: Failure[], login: Signal | null): Decision {
  return { ...byFailure(cause, others, login), bySilence: true };
}

function byFailure(cause: Failure, others: Failure[], login: Signal | null): Decision {
  const { outcome: id, generation, stage, banner } = cause;
  const because = known([...[cause, ...others].map(({ signal }) => signal), login]);
  return { id, generation, stage, because, banner, byCpu: false };
}

/** In a kernel that came by kexec and is up, another kexec that fails changes nothing, unless somebody has typed it. */
function outlived({ bornBy, login, failures, typedInVain }: BootContext): boolean {
  return bornBy === 'kexec' && login !== null && !typedInVain && failures.every(isKexecFailure);
}

/**
 * What the purgatory and the next kernel's first instructions say. Any other trouble before "Bye!" is that of the old
 * kernel, which began the jump and never got out of its own shutdown.
 */
const behindTheJump = ['purgatory-digest', 'early-arm-error'];

function isLeaving(state: string): boolean {
  return ['kexec.jumping', 'kexec.gone', 'kexec.hung', 'kexec.lost'].includes(state);
}

/** Whoever shows a prompt of a system has its root. */
function isOver(warning: Failure, up: Signal): boolean {
  const named = ['who', 'bracketed', 'host'].some((name) => name in up.captures);
  return isRootTrouble(warning) && named && up.line > warning.signal.line;
}

/** A loader's last word, and what it had complained of before. */
function handedOverTo({ handedOver, survived }: BootContext): Signal[] {
  const complaints = survived.filter(isOfFirmware);
  // The last may be why; those before it were followed by another try.
  return known([handedOver, ...complaints.map(({ signal }) => signal).reverse()]);
}

function isOfFirmware({ outcome }: Failure): boolean {
  return outcome === 'firmware-stuck';
}

/** Why an initramfs may offer a shell. */
function isRootTrouble({ outcome }: Failure): boolean {
  return outcome === 'root-missing' || outcome === 'root-mount-failed' || outcome === 'no-init';
}

function warned({ warnings }: BootContext, outcome: OutcomeId): Signal[] {
  return warnings.filter((warning) => warning.outcome === outcome).map(({ signal }) => signal);
}

function known(signals: (Signal | null)[]): Signal[] {
  return signals.filter((signal) => signal !== null);
}
