import type { Signal } from '../../model/boot.ts';
import type { OutcomeId } from '../../model/vocabulary.ts';
import type { SignatureId } from '../../signatures/all.ts';
import { isOf } from '../../signatures/all.ts';
import type { BootContext } from '../machine/context.ts';
import { isLooping } from '../machine/context.ts';
import type { Failure } from '../machine/failures.ts';
import {
  lossesOf,
  causes,
  isKexecFailure,
  isOfKexec,
  isOfFirmware,
  isRootTrouble,
  worstFirst,
} from '../machine/failures.ts';
import { afterCrash, byFailure, byWarning, known } from './decision.ts';
import type { Decision, Standing } from './decision.ts';

/** Decides the outcome of a boot: the strongest proof first, and `unknown` where there is doubt. */
export function decide(standing: Standing): Decision {
  return afterCrash(decideBoot(standing), standing);
}

function decideBoot(standing: Standing): Decision {
  const { state, context } = standing;
  const { generation, stage, banner } = context;
  const here = { generation, stage, banner, byCpu: false };
  if (isLooping(context)) {
    const { resets, lastWords, jumps } = context;
    return { ...here, id: 'reboot-loop', because: resets >= 3 ? lastWords : jumps };
  }
  const [cause, ...consequences] = causes(context);
  // A plain boot that failed, and firmware that then gets stuck: the machine is in the firmware now.
  const isPast = context.boundary === 'reset' && !context.failures.some(isOfKexec);
  if (state.name === 'firmware.stuck' && context.firmwareFailed !== null && isPast)
    return decideStuck(standing);
  if (cause !== undefined && !outlived(context)) {
    return byFailure(cause, consequences, context.login);
  }
  if (state.has('leaving')) return decideLeaving(standing);
  if (state.name === 'kernel.hung') return { ...here, id: 'kernel-hang', because: [], byCpu: true };
  if (state.name === 'firmware.stuck') return decideStuck(standing);
  if (state.name === 'firmware.kernelSilent') {
    return { ...here, id: 'kernel-silent', because: handedOverTo(context), byCpu: true };
  }
  const logEnded = standing.end?.reason === 'log-ended';
  if (
    state.name === 'firmware.handedOver' &&
    logEnded &&
    worstFirst(context.warnings).length === 0
  ) {
    return { ...here, id: 'kernel-silent', because: handedOverTo(context), bySilence: true };
  }
  if (context.login !== null) return decideUp(standing, context.login);
  const up = context.up ?? loneShell(context);
  const [carried, ...others] = context.recovers && up !== null ? [] : context.carried;
  if (carried !== undefined) return byFailure(carried, others, null);
  if (state.has('rescue')) {
    const [trouble, ...more] = worstFirst(context.warnings.filter(isRootTrouble));
    if (trouble !== undefined) return byWarning(trouble, more, null);
    return {
      ...here,
      id: 'rescue-shell',
      because: known([context.rescue, context.timedOut]),
    };
  }
  if (up !== null && standing.end !== null) {
    const decision = decideUp(standing, up);
    return context.up === null ? { ...decision, bySilence: true } : decision;
  }
  return decideUnfinished(standing);
}

/** Firmware that waits for input, or has crashed. */
function decideStuck({ context, silence }: Standing): Decision {
  const { generation, stage, banner, firmwareFailed } = context;
  const because = known([firmwareFailed, ...warned(context, 'firmware-stuck')]);
  const byCpu = silence.judgement !== null;
  return { id: 'firmware-stuck', generation, stage, banner, because, byCpu };
}

/** After the jump: silence is normal for a while, so only CPU samples or the end of the log decide. */
function decideLeaving({ state, context, silence, end }: Standing): Decision {
  const { generation, stage, banner, kexecLeft, kexecStarted, login } = context;
  const lastWords = known([kexecLeft, kexecStarted, context.decompressed]);
  const early = context.warnings.filter(({ signal }) => isOf(signal, ...afterTheJump));
  const because = [...early.map(({ signal }) => signal), ...lastWords];
  const here = { generation, stage, banner, byCpu: false, because };
  if (login !== null) return { ...here, id: 'unknown', because: [login, ...lastWords] };
  if (early.length > 0) return { ...here, id: 'bye-hang' };
  const [trouble, ...others] = worstFirst(context.warnings);
  if (trouble !== undefined && kexecLeft === null) return byWarning(trouble, others, null);
  if (state.name === 'kexec.hung') return { ...here, id: 'bye-hang', byCpu: true };
  if (state.name === 'kexec.lost') return { ...here, id: 'console-lost', byCpu: true };
  if (end?.reason === 'log-ended') return { ...here, id: 'bye-hang', bySilence: true };
  if (end?.reason === 'qemu-exited') return { ...here, id: 'qemu-exited' };
  return { ...here, id: 'unknown', byCpu: silence.judgement !== null };
}

/** The console shows neither failure nor success. */
function decideUnfinished({ context, bytesSeen, end }: Standing): Decision {
  const { generation, stage, banner, warnings, kexecComplaint, bornBy } = context;
  const here = { generation, stage, banner, byCpu: false, because: [] };
  if (end === null) return { ...here, id: 'unknown' };
  const [worst, ...others] = worstFirst(warnings);
  if (worst !== undefined) return byWarning(worst, others, null);
  if (kexecComplaint !== null && bornBy !== 'kexec' && end.reason === 'log-ended') {
    const because = [kexecComplaint];
    return { ...here, id: 'kexec-load-failed', stage: 'kexec', because, bySilence: true };
  }
  if (end.reason === 'qemu-exited') return { ...here, id: 'qemu-exited' };
  return { ...here, id: bytesSeen ? 'unknown' : 'no-output' };
}

/** After a kexec into a system that is up, another kexec that fails does not matter, unless it was typed. */
function outlived({ bornBy, login, failures, typedInVain }: BootContext): boolean {
  return bornBy === 'kexec' && login !== null && !typedInVain && failures.every(isKexecFailure);
}

/**
 * Messages of the purgatory and of the next kernel's first instructions. Any other problem before "Bye!" is the old
 * kernel's, which began the jump and did not finish its shutdown.
 */
const afterTheJump: readonly SignatureId[] = ['purgatory-digest', 'early-arm-error'];

/** A boot loader's last message, and its complaints before it. */
function handedOverTo({ handedOver, survived }: BootContext): Signal[] {
  const complaints = survived.filter(isOfFirmware);
  // The last complaint may be the cause; each earlier one was followed by another try.
  return known([handedOver, ...complaints.map(({ signal }) => signal).reverse()]);
}

function warned({ warnings }: BootContext, outcome: OutcomeId): Signal[] {
  return warnings.filter((warning) => warning.outcome === outcome).map(({ signal }) => signal);
}

/** A system that is up is a success only if the intended kernel runs it, and only while it stays up. */
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
  if (replaced !== null) {
    const because = known([replaced.kernel, replaced.reset, banner, up]);
    return { ...here, id: 'wrong-kernel', because };
  }
  const [stuck, ...before] = worstFirst(warnings.filter(isOfFirmware));
  if (boundary === 'reset' && stuck !== undefined) return byWarning(stuck, before, null);
  if (boundary === 'reset' && poweredOff === null) return { ...here, id: 'unknown', because: [up] };
  // The lab ends a boot as soon as it is up, so only a longer log can show that a warning was harmless.
  const open = warnings.filter((warning) => !isOver(warning, up));
  const [trouble, ...others] = end?.reason === 'log-ended' ? worstFirst(open) : [];
  if (trouble !== undefined) return byWarning(trouble, others, up);
  const aside = [...carried, ...survived].map(({ signal }) => signal);
  if (lossesOf(context).length > 0) {
    const { machine, machineBefore } = context;
    const because = known([machine, machineBefore, up, ...proofs, banner]);
    return { ...here, id: 'degraded', because, aside };
  }
  const [unarmed, ...explained] = bornBy === 'kexec' ? [] : crashLoadOf(context);
  if (unarmed !== undefined) return { ...byFailure(unarmed, explained, up), aside };
  const because = known([up, ...proofs, context.machine, poweredOff, banner]);
  return { ...here, id: 'booted', because, aside };
}

/**
 * Why no crash kernel is loaded although one was asked for: by crashkernel= on the kernel's command line, or typed. That no
 * memory is reserved explains every other failure.
 */
function crashLoadOf({ crashLoad, survived }: BootContext): Failure[] {
  const refused = survived.filter(({ signal }) => isOf(signal, 'crash-reservation-failed'));
  const unserved = survived.filter(({ signal }) => isOf(signal, 'kdump-not-reserved'));
  if (crashLoad.length === 0 && (refused.length === 0 || unserved.length === 0)) return [];
  const all = [...refused, ...unserved, ...crashLoad];
  const isFirst = ({ outcome }: Failure): boolean => outcome === 'crash-not-reserved';
  return [...all.filter(isFirst), ...all.filter((failure) => !isFirst(failure))];
}

/** The shell that is the whole system, if no problem came before it and no initramfs offered it. */
function loneShell({ bareShell, programsSpoke, survived, warnings }: BootContext): Signal | null {
  // If an initrd that the kernel complained about offers a shell, it works.
  const open = warnings.filter(({ outcome }) => outcome !== 'initramfs-corrupt');
  return programsSpoke || survived.length > 0 || open.length > 0 ? null : bareShell;
}

/** Whether a later prompt of the system shows that it has its root after all. */
function isOver(warning: Failure, up: Signal): boolean {
  const named = ['who', 'bracketed', 'host'].some((name) => name in up.captures);
  return isRootTrouble(warning) && named && up.line > warning.signal.line;
}
