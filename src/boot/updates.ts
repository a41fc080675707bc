import type { BootContext, Failure } from './context.ts';
import { causes, initialContext, isKexecFailure, isOops } from './context.ts';
import type { BootEvent } from './events.ts';
import type { OutcomeId } from './outcome.ts';
import { worstFirst } from './severity.ts';
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
  const died = bornBy === 'reset' || failures.some(isOops);
  const reasons = died ? reasonsOf({ ...context, failures }) : [];
  return {
    ...initialContext,
    generation: generation + 1,
    bornBy,
    carried: reasons.length > 0 ? reasons : carried,
    replaced: bornBy === 'reset' ? replacedBy(context) : null,
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

/** Firmware speaks: if a kernel ran before, it does not any more. */
export const noteFirmware: Update = (context, event) => ({
  ...noteReset(context, event),
  firmwareFailed: event.type === 'firmware-fails' ? event.signal : null,
  handedOver: event.type === 'firmware-leaves' ? event.signal : null,
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

/** Firmware announces itself once. A second time without a kernel in between is a reset too. */
export const noteFirmwareStart: Update = (context, event) => ({
  ...noteFirmware(context, event),
  ...(context.firmwareStarted ? countReset(context, event.signal) : {}),
  firmwareStarted: true,
});

/** A system that is up has its root and its init; who speaks of them there speaks of something else. */
export const noteFailure: Update = (context, event) => {
  const failure = failureOf(context, event);
  const tooLate = context.login !== null && ['kernel', 'initramfs'].includes(event.stage ?? '');
  if (tooLate && event.type === 'failure') return outlive(context, [failure]);
  const words = wordsOf(context, event);
  return { failures: once([...context.failures, ...words, failure]) };
};

/** An init that nobody knows ran, and said why it gave up. */
function wordsOf({ generation, banner, stage }: BootContext, { words }: SignalEvent): Failure[] {
  return words ? [{ outcome: 'kernel-panic', generation, stage, signal: words, banner }] : [];
}

/** The function in which the kernel faulted belongs to the fault. */
export const noteTrace: Update = (context, event) =>
  context.warnings.some(isOops) ? noteWarning(context, event) : {};

export const noteWarning: Update = (context, event) => {
  const warning = failureOf(context, event);
  const others = context.warnings.filter(
    ({ signal }) => signal.signature !== event.signal.signature,
  );
  return { warnings: [...others, warning].slice(-longestList) };
};

/** The boot got further: what was only a warning did no harm. A broken initrd may still do. */
export const noteProgress: Update = (context) => ({
  programsSpoke: true,
  ...outlive(context, context.warnings),
});

/** Somebody or something is at work in the kernel still: it has neither died nor stopped. */
export const noteLife = (context: BootContext): Partial<BootContext> =>
  outlive(
    context,
    context.warnings.filter(({ outcome }) => endsWithLife.includes(outcome)),
  );

const endsWithLife: readonly OutcomeId[] = ['kernel-panic', 'kernel-hang', 'irq-storm'];

function outlive({ warnings, survived }: BootContext, over: Failure[]): Partial<BootContext> {
  const harmless = over.filter(({ outcome }) => outcome !== 'initramfs-corrupt');
  return {
    warnings: warnings.filter((warning) => !harmless.includes(warning)),
    survived: once([...survived, ...harmless]),
  };
}

/** A shell waits for somebody. A rescue shell is no sign that the system is up. */
export const noteShell: Update = (context, { signal }) => {
  const { stage, rescue, up, bareShell } = context;
  const running = stage === 'initramfs' || stage === 'userspace';
  if (!running || rescue !== null) return noteLife(context);
  const named = ['who', 'bracketed', 'host'].some((name) => name in signal.captures);
  // A console offers a shell without a login to root; who has none may be at the machine that records.
  const isAndroid = signal.captures['host'] === 'console';
  if (named && !isAndroid && !/#( |$)/.test(signal.text)) return noteLife(context);
  return {
    ...noteLife(context),
    ...(named ? { up: up ?? signal } : { bareShell: bareShell ?? signal }),
  };
};

export const noteUp: Update = ({ up }, { signal }) => ({ up: up ?? signal });

/** The system itself runs, so its root is there; a kexec that failed is as failed as before. */
export const noteSystem: Update = (context, event) => {
  const over = context.failures.filter((failure) => !isKexecFailure(failure));
  const { survived = [], ...others } = noteProgress(context, event);
  return {
    ...others,
    survived: once([...survived, ...over]),
    failures: context.failures.filter(isKexecFailure),
  };
};

export const noteLogin: Update = (context, event) => ({
  ...noteSystem(context, event),
  ...(context.bornBy === 'kexec' ? { failures: [], carried: [], replaced: null } : {}),
  warnings: [],
  login: context.login ?? event.signal,
  resets: 0,
  lastWords: [],
});

export const noteCrashKernel: Update = (_, { signal }) => ({ crashKernel: signal });

export const notePowerOff: Update = (context, event) => ({
  ...noteReset(context, event),
  poweredOff: event.signal,
});

export const noteTimeout: Update = ({ timedOut }, { signal }) => ({ timedOut: timedOut ?? signal });

/** The root file system itself needs what did not come. */
export const noteRootDependency: Update = (context) => {
  const { timedOut: signal } = context;
  if (signal === null) return {};
  return noteFailure(context, {
    type: 'failure',
    signal,
    outcome: 'root-missing',
    stage: 'initramfs',
  });
};

export const noteProof: Update = (context, { signal }) => ({
  proofs: [...context.proofs.filter(({ signature }) => signature !== signal.signature), signal],
});

export const noteRescue: Update = ({ rescue }, { signal }) => ({ rescue: rescue ?? signal });

export const noteKexecComplaint: Update = ({ kexecComplaint, login }, { signal }) => ({
  kexecComplaint: kexecComplaint ?? (login === null ? signal : null),
});

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

function failureOf(context: BootContext, { signal, outcome, stage, words }: SignalEvent): Failure {
  const { generation, banner, programsSpoke } = context;
  // An init that dies before the system has said a word never was one; a later death is that of the whole system.
  const systemSpoke = context.stage === 'userspace' && programsSpoke;
  const ran = signal.signature === 'init-exited' && (systemSpoke || words != null);
  return {
    outcome: ran ? 'kernel-panic' : (outcome ?? 'unknown'),
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
