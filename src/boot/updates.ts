import type { BootContext, Failure } from './context.ts';
import { causes, initialContext, isKexecFailure } from './context.ts';
import type { BootEvent } from './events.ts';
import type { Signal } from './signal.ts';

/** How the boot machine's memory changes: one pure function per thing that can be noted. */
export type Update = (context: BootContext, event: SignalEvent) => Partial<BootContext>;
type SignalEvent = Extract<BootEvent, { signal: unknown }>;

const longestList = 16;
const longestLoop = 4;

export const startKernel: Update = (context, { signal }) => {
  const { generation, boundary, jumps, kexecStarted } = context;
  const unannounced = generation > 0 && boundary === null ? noteReset(context, { signal }) : {};
  const { failures, carried, resets, lastWords } = { ...context, ...unannounced };
  const bornBy = generation === 0 ? 'power-on' : (boundary ?? 'reset');
  const died = bornBy === 'reset' || failures.some(({ outcome }) => outcome === 'kernel-panic');
  const reasons = died && failures.length > 0 ? causes({ ...context, failures }) : carried;
  return {
    ...initialContext,
    generation: generation + 1,
    bornBy,
    carried: reasons,
    resets,
    lastWords,
    jumps: bornBy === 'kexec' && kexecStarted ? [...jumps, kexecStarted].slice(-longestList) : [],
    ...nameKernel(context, { signal }),
  };
};

export const nameKernel = (
  _: BootContext,
  { signal }: Pick<SignalEvent, 'signal'>,
): Partial<BootContext> =>
  signal.signature === 'kernel-version' ? { named: true, banner: signal } : {};

/** The machine was reset, or says it is about to be. Said twice it is one reset. */
export const noteReset = (
  context: BootContext,
  { signal }: Pick<SignalEvent, 'signal'>,
): Partial<BootContext> =>
  context.generation === 0 || context.boundary === 'reset' ? {} : countReset(context, signal);

function countReset(context: BootContext, signal: Signal): Partial<BootContext> {
  const { generation, boundary, warnings, kexecLeft, kexecStarted, banner } = context;
  // Only a kernel that is dead starts its crash kernel: what was an oops is the cause of its death.
  const fatal = signal.signature === 'kexec-crash-start' ? warnings.filter(isOops) : [];
  const failures = [...context.failures, ...fatal];
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

function isOops({ outcome }: Failure): boolean {
  return outcome === 'kernel-panic';
}

/** Firmware speaks: if a kernel ran before, it does not any more. */
export const noteFirmware: Update = (context, event) => ({
  ...noteReset(context, event),
  firmwareFailed: event.type === 'firmware-fails' ? event.signal : null,
});

/** It waits for somebody; the error before it says why. */
export const noteFirmwarePrompt: Update = ({ warnings }, { signal }) => ({
  firmwareFailed: warnings.length > 0 ? null : signal,
});

/** Firmware announces itself once. A second time without a kernel in between is a reset too. */
export const noteFirmwareStart: Update = (context, event) => ({
  ...noteFirmware(context, event),
  ...(context.firmwareStarted ? countReset(context, event.signal) : {}),
  firmwareStarted: true,
});

export const noteFailure: Update = (context, event) => {
  const failure = failureOf(context, event);
  return { failures: once([...context.failures, failure]) };
};

export const noteWarning: Update = (context, event) => {
  const warning = failureOf(context, event);
  const others = context.warnings.filter(
    ({ signal }) => signal.signature !== event.signal.signature,
  );
  return { warnings: [...others, warning].slice(-longestList) };
};

/** The boot got further: what was only a warning did no harm. A broken initrd may still do. */
export const noteProgress: Update = ({ warnings }) => ({
  programsSpoke: true,
  warnings: warnings.filter(({ outcome }) => outcome === 'initramfs-corrupt'),
});

/** The system itself runs, so its root is there; a kexec that failed is as failed as before. */
export const noteSystem: Update = (context, event) => ({
  ...noteProgress(context, event),
  failures: context.failures.filter(isKexecFailure),
});

export const noteLogin: Update = (context, event) => ({
  ...noteSystem(context, event),
  ...(context.bornBy === 'kexec' ? { failures: [], carried: [] } : {}),
  warnings: [],
  login: context.login ?? event.signal,
  resets: 0,
  lastWords: [],
});

export const noteProof: Update = (context, { signal }) => ({
  proofs: [...context.proofs.filter(({ signature }) => signature !== signal.signature), signal],
});

export const noteRescue: Update = ({ rescue }, { signal }) => ({ rescue: rescue ?? signal });

export const noteKexecAnnounced: Update = (_, { signal }) => ({ kexecAnnounced: signal });

/** The jump begins, so whatever went wrong with an earlier try does not matter any more. */
export const noteKexecStarted: Update = ({ failures }, { signal }) => ({
  kexecStarted: signal,
  kexecLeft: null,
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

function failureOf(context: BootContext, { signal, outcome, stage }: SignalEvent): Failure {
  const { generation, banner, programsSpoke } = context;
  // An init that dies before the system has said a word never was one; a later death is that of the whole system.
  const systemSpoke = context.stage === 'userspace' && programsSpoke;
  const diedLate = signal.signature === 'init-exited' && systemSpoke;
  return {
    outcome: diedLate ? 'kernel-panic' : (outcome ?? 'unknown'),
    generation,
    stage: stage ?? context.stage,
    signal,
    banner,
  };
}

/** The first of each kind of sign, and not too many of them. */
function once(failures: Failure[]): Failure[] {
  const first = failures.filter(
    ({ signal }, index) =>
      failures.findIndex((other) => other.signal.signature === signal.signature) === index,
  );
  return first.slice(0, longestList);
}
