import type { Signal } from '../../model/boot.ts';
import { isOf } from '../../signatures/all.ts';
import { worstFirst } from '../machine/failures.ts';
import type { BootContext, SignalEvent, Update } from './context.ts';
import { initialContext, longestList } from './context.ts';
import type { Failure } from './failures.ts';
import { causes, isKexecFailure, isOfKexec, isOops } from './failures.ts';
/** How one kernel follows another: starts, resets, firmware in between, kexec. */

const longestLoop = 4;

export const startKernel: Update = (context, { signal }) => {
  const { generation, boundary, jumps, kexecStarted } = context;
  const unannounced = generation > 0 && boundary === null ? noteReset(context, { signal }) : {};
  const { failures, carried, resets, lastWords } = { ...context, ...unannounced };
  const bornBy = generation === 0 ? 'power-on' : (boundary ?? 'reset');
  const died = bornBy === 'reset' || failures.some(isOops);
  const reasons = died ? reasonsOf({ ...context, failures }) : [];
  const replaced = bornBy === 'reset' ? replacedBy(context) : null;
  const stands = reasons.length > 0 ? reasons : carried;
  return {
    ...initialContext,
    generation: generation + 1,
    bornBy,
    carried: stands,
    recovers: boundary === 'reset' && !context.crashes && !replaced && !stands.some(isOfKexec),
    replaced,
    resets,
    lastWords,
    jumps: bornBy === 'kexec' && kexecStarted ? [...jumps, kexecStarted].slice(-longestList) : [],
    ...nameKernel(context, { signal }),
  };
};

/** Why a kernel had to be reset. What a kexec had started was meant to stay: any trouble it was in counts. */
function reasonsOf(context: BootContext): Failure[] {
  if (context.failures.length > 0) return causes(context);
  const { bornBy, warnings, rescue, generation, stage, banner } = context;
  if (bornBy !== 'kexec') return [];
  const shell: Failure[] =
    rescue === null ? [] : [{ outcome: 'rescue-shell', generation, stage, signal: rescue, banner }];
  return [...worstFirst(warnings), ...shell];
}

/** The kernel behind the last kexec, where a reset has ended it. */
function replacedBy({ bornBy, banner, jumps, replaced }: BootContext): Signal | null {
  return bornBy === 'kexec' ? (banner ?? jumps.at(-1) ?? null) : replaced;
}

export const nameKernel = (
  _: BootContext,
  { signal }: Pick<SignalEvent, 'signal'>,
): Partial<BootContext> => (isOf(signal, 'kernel-version') ? { named: true, banner: signal } : {});

/** The machine was reset, or says it is about to be. Said twice it is one reset. */
export const noteReset = (
  context: BootContext,
  { signal }: Pick<SignalEvent, 'signal'>,
): Partial<BootContext> =>
  context.generation === 0 || context.boundary === 'reset' ? {} : countReset(context, signal);

function countReset(context: BootContext, signal: Signal): Partial<BootContext> {
  const { generation, boundary, warnings, kexecLeft, kexecStarted, banner } = context;
  // Only a kernel that is dead starts its crash kernel: what was an oops is the cause of its death.
  const crashes = isOf(signal, 'kexec-crash-start');
  const fatal = crashes ? warnings.filter(isOops) : [];
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
    crashes,
    failures: after,
    resets: context.resets + 1,
    lastWords: [...context.lastWords, word].slice(-longestLoop),
  };
}

/** A kexec that was announced, and a reset instead of it. */
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

/** Firmware speaks: if a kernel ran before, it does not any more. */
export const noteFirmware: Update = (context, event) => ({
  ...noteReset(context, event),
  firmwareFailed: event.type === 'firmware-fails' ? event.signal : null,
  ...(event.type === 'firmware-leaves' ? handOver(context, event) : { handedOver: null }),
});

/** What could not be loaded or started did no harm: something else was. */
const handOver: Update = ({ warnings, survived }, { signal }) => ({
  handedOver: signal,
  warnings: warnings.filter(({ outcome }) => outcome !== 'firmware-stuck'),
  survived: [...survived, ...warnings.filter(({ outcome }) => outcome === 'firmware-stuck')].slice(
    -longestList,
  ),
});

/** A decompressor speaks: what started it has done its part. */
export const noteDecompressed: Update = ({ stage, handedOver }, { signal }) => ({
  decompressed: signal,
  handedOver: stage === 'firmware' ? signal : handedOver,
});

/** It waits for somebody; the error before it says why. */
export const noteFirmwarePrompt: Update = ({ warnings }, { signal }) => ({
  firmwareFailed: warnings.length > 0 ? null : signal,
});

/** Each stage of firmware announces itself once. A second time without a kernel in between is a reset too. */
export const noteFirmwareStart: Update = (context, event) => {
  const { signature } = event.signal;
  const again = context.firmwareStarted.includes(signature);
  return {
    ...noteFirmware(context, event),
    ...(again ? countReset(context, event.signal) : {}),
    firmwareStarted: again ? [signature] : [...context.firmwareStarted, signature],
  };
};

/** In a system that is up, others may speak of kexec: only what was typed there is about this one. */
export const noteKexecComplaint: Update = (context, { signal, typed }) => ({
  kexecComplaint: context.kexecComplaint ?? (context.login === null || typed ? signal : null),
  typedInVain: context.typedInVain || typed === true,
});

export const noteKexecAnnounced: Update = (_, { signal }) => ({ kexecAnnounced: signal });

/** The jump begins, so whatever went wrong with an earlier try does not matter any more. */
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

export const expectReplay: Update = ({ replay }) => ({
  replay: replay === 'impossible' ? 'possible' : replay,
});

export const endReplay: Update = () => ({ replay: 'done' });
