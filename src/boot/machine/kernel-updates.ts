import type { Signal } from '../../model/boot.ts';
import { isOf } from '../../signatures/all.ts';
import { worstFirst, causes, isKexecFailure, isOfKexec, isOops } from './failures.ts';
import { crashAfter, isJumping } from './crash.ts';
import type { BootContext, SignalEvent, Update } from './context.ts';
import { initialContext, longestList } from './context.ts';
import { noteFailure } from './updates.ts';
import type { Failure } from './failures.ts';

type Replaced = NonNullable<BootContext['replaced']>;

// Updates for the change from one kernel to the next: starts, resets, firmware in between, kexec.

/** How many last messages before resets are kept. */
const longestLoop = 4;

export const startKernel: Update = (context, { signal }) => {
  const { generation, boundary, jumps, kexecStarted } = context;
  const unannounced = generation > 0 && boundary === null ? noteReset(context, { signal }) : {};
  const { failures, carried, resets, lastWords } = { ...context, ...unannounced };
  const bornBy = generation === 0 ? 'power-on' : (boundary ?? 'reset');
  const died = bornBy === 'reset' || failures.some(isOops);
  const reasons = died ? reasonsOf({ ...context, failures }) : [];
  const replaced = bornBy === 'reset' ? replacedBy({ ...context, lastWords }) : null;
  const stands = reasons.length > 0 ? reasons : carried;
  return {
    ...initialContext,
    generation: generation + 1,
    bornBy,
    carried: stands,
    recovers: boundary === 'reset' && !isJumping(context) && !replaced && !stands.some(isOfKexec),
    replaced,
    crash: crashAfter(context),
    machineBefore: bornBy === 'kexec' ? context.machine : null,
    resets,
    lastWords,
    jumps: bornBy === 'kexec' && kexecStarted ? [...jumps, kexecStarted].slice(-longestList) : [],
    ...nameKernel(context, { signal }),
  };
};

/** Why a kernel had to be reset. For a kernel that a kexec started, every open problem counts. */
function reasonsOf(context: BootContext): Failure[] {
  if (context.failures.length > 0) return causes(context);
  const { bornBy, warnings, rescue, generation, stage, banner } = context;
  if (bornBy !== 'kexec') return [];
  const shell: Failure[] =
    rescue === null ? [] : [{ outcome: 'rescue-shell', generation, stage, signal: rescue, banner }];
  return [...worstFirst(warnings), ...shell];
}

/** The kernel that the last kexec started, if a reset ended it. */
function replacedBy({ bornBy, banner, jumps, replaced, lastWords }: BootContext): Replaced | null {
  if (bornBy !== 'kexec') return replaced;
  const kernel = banner ?? jumps.at(-1);
  return kernel === undefined ? null : { kernel, reset: lastWords.at(-1) ?? null };
}

export const nameKernel = (
  _: BootContext,
  { signal }: Pick<SignalEvent, 'signal'>,
): Partial<BootContext> => (isOf(signal, 'kernel-version') ? { named: true, banner: signal } : {});

/** The machine was reset, or announces it. Two messages in a row are one reset. */
export const noteReset = (
  context: BootContext,
  { signal }: Pick<SignalEvent, 'signal'>,
): Partial<BootContext> =>
  context.generation === 0 || context.boundary === 'reset' ? {} : countReset(context, signal);

function countReset(context: BootContext, signal: Signal): Partial<BootContext> {
  const { generation, boundary, warnings, kexecLeft, kexecStarted, banner } = context;
  // Only a dead kernel starts its crash kernel, so an earlier oops was fatal.
  const fatal = isOf(signal, 'kexec-crash-start') ? warnings.filter(isOops) : [];
  const failures = [...context.failures, ...fatal, ...neverCame(context)];
  const jumped = boundary === 'kexec' ? (kexecLeft ?? kexecStarted) : null;
  const lost: Failure[] =
    jumped === null
      ? []
      : [{ outcome: 'bye-hang', generation, stage: 'kexec', signal: jumped, banner }];
  const after = [...failures, ...lost];
  const word = causes({ ...context, failures: after })[0]?.signal ?? signal;
  return {
    boundary: 'reset',
    failures: after,
    resets: context.resets + 1,
    lastWords: [...context.lastWords, word].slice(-longestLoop),
  };
}

/** The failure of a kexec that was announced and did not happen before the reset. */
function neverCame({
  stage,
  boundary,
  kexecAnnounced,
  generation,
  banner,
}: BootContext): Failure[] {
  if (stage !== 'kexec' || boundary !== null || kexecAnnounced === null) return [];
  return [{ outcome: 'kexec-load-failed', generation, stage, signal: kexecAnnounced, banner }];
}

export const notePowerOff: Update = (context, event) => ({
  ...noteReset(context, event),
  poweredOff: event.signal,
});

/** Firmware prints something: if a kernel ran before, it has ended. */
export const noteFirmware: Update = (context, event) => ({
  ...noteReset(context, event),
  firmwareFailed: event.type === 'firmware-fails' ? event.signal : null,
  ...(event.type === 'firmware-leaves' ? handOver(context, event) : { handedOver: null }),
});

/** A kernel was started, so boot options that failed before did no harm. */
const handOver: Update = ({ warnings, survived }, { signal }) => ({
  handedOver: signal,
  warnings: warnings.filter(({ outcome }) => outcome !== 'firmware-stuck'),
  survived: [...survived, ...warnings.filter(({ outcome }) => outcome === 'firmware-stuck')].slice(
    -longestList,
  ),
});

/** The kernel's decompressor prints something, so the jump or the boot loader worked. */
export const noteDecompressed: Update = ({ stage, handedOver }, { signal }) => ({
  decompressed: signal,
  handedOver: stage === 'firmware' ? signal : handedOver,
});

/** Firmware waits at a prompt. If an error came before it, that is the reason. */
export const noteFirmwarePrompt: Update = ({ warnings }, { signal }) => ({
  firmwareFailed: warnings.length > 0 ? null : signal,
});

/** Each stage of firmware prints its start once. A second time without a kernel in between is a reset. */
export const noteFirmwareStart: Update = (context, event) => {
  const { signature } = event.signal;
  const again = context.firmwareStarted.includes(signature);
  return {
    ...noteFirmware(context, event),
    ...(again ? countReset(context, event.signal) : {}),
    firmwareStarted: again ? [signature] : [...context.firmwareStarted, signature],
  };
};

/** In a system that is up, other programs may mention kexec: only the answer to a typed command counts. */
export const noteKexecComplaint: Update = (context, { signal, typed }) => ({
  kexecComplaint: context.kexecComplaint ?? (context.login === null || typed ? signal : null),
  typedInVain: context.typedInVain || typed === true,
});

export const noteKexecAnnounced: Update = (_, { signal }) => ({ kexecAnnounced: signal });

/** The jump begins, so failures of earlier tries no longer matter. */
export const noteKexecStarted: Update = ({ failures }, { signal }) => ({
  kexecStarted: signal,
  kexecLeft: null,
  typedInVain: false,
  kexecComplaint: null,
  boundary: 'kexec',
  login: null,
  warnings: [],
  failures: failures.filter((failure) => !isKexecFailure(failure)),
});

export const noteKexecLeft: Update = (context, event) => ({
  ...(context.boundary === null ? noteKexecStarted(context, event) : {}),
  kexecLeft: event.signal,
});

/**
 * The old kernel dies instead of jumping: whatever kernel starts next was not started by this kexec. A kernel that starts its
 * crash kernel is dead already, and late reports of its other CPUs do not stop the jump.
 */
export const noteLostJump: Update = (context, event) => ({
  ...noteFailure(context, event),
  ...(isJumping(context) ? {} : { boundary: null }),
});

export const expectReplay: Update = ({ replay }) => ({
  replay: replay === 'impossible' ? 'possible' : replay,
});

export const endReplay: Update = () => ({ replay: 'done' });
