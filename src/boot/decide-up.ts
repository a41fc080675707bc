import type { Signal } from '../model/boot.ts';
import type { BootContext, Failure } from './context.ts';
import type { Decision, Standing } from './decision.ts';
import { byFailure, byWarning, isOfFirmware, isRootTrouble, known } from './decision.ts';
import { worstFirst } from './severity.ts';

/** A system that is up is a success only of the kernel that was meant to get there, and only while it stays up. */
export function decideUp({ context, end }: Standing, up: Signal): Decision {
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
export function loneShell({
  bareShell,
  programsSpoke,
  survived,
  warnings,
}: BootContext): Signal | null {
  // An initrd that was complained about, and a shell from it: it was not that bad.
  const open = warnings.filter(({ outcome }) => outcome !== 'initramfs-corrupt');
  return programsSpoke || survived.length > 0 || open.length > 0 ? null : bareShell;
}

/** Whoever shows a prompt of a system has its root. */
function isOver(warning: Failure, up: Signal): boolean {
  const named = ['who', 'bracketed', 'host'].some((name) => name in up.captures);
  return isRootTrouble(warning) && named && up.line > warning.signal.line;
}
