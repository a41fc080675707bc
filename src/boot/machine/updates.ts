import type { Signal } from '../../model/boot.ts';
import type { OutcomeId } from '../../model/vocabulary.ts';
import { isOf } from '../../signatures/all.ts';
import { asksKernel } from '../recognise/prompt.ts';
import { comeBack } from './crash.ts';
import type { BootContext, SignalEvent, Update } from './context.ts';
import { longestList } from './context.ts';
import type { Failure } from './failures.ts';
import { isKexecFailure, isOops } from './failures.ts';

// Updates for messages of a kernel and its programs: failures, warnings, progress.

/** A system that is up has its root and its init, so a later message about them does not concern the boot. */
export const noteFailure: Update = (context, event) => {
  const failure = failureOf(context, event);
  const tooLate = context.login !== null && ['kernel', 'initramfs'].includes(event.stage ?? '');
  if (tooLate && event.type === 'failure') return outlive(context, [failure]);
  const words = wordsOf(context, event);
  const typedInVain = context.typedInVain || (event.typed === true && isKexecFailure(failure));
  return { failures: once([...context.failures, ...words, failure]), typedInVain };
};

/** The last line of an unknown init, which may say why it gave up. */
function wordsOf({ generation, banner, stage }: BootContext, { words }: SignalEvent): Failure[] {
  return words ? [{ outcome: 'kernel-panic', generation, stage, signal: words, banner }] : [];
}

/** The function in which the kernel faulted, kept with the fault. */
export const noteTrace: Update = (context, event) => ({
  // Only a kernel that a kexec started can have taken over another one's table.
  ...(context.bornBy === 'kexec' &&
    isOf(event.signal, 'lpi-table-as-code', 'lpi-table-write') && { lpiTable: event.signal }),
  ...(context.warnings.some(isOops) ? noteWarning(context, event) : {}),
  ...(context.stage === 'kexec' && context.failures.some(isOops)
    ? noteFailure(context, event)
    : {}),
});

export const noteWarning: Update = (context, event) => {
  const warning = failureOf(context, event);
  const others = context.warnings.filter(
    ({ signal }) => signal.signature !== event.signal.signature,
  );
  return { warnings: [...others, warning].slice(-longestList) };
};

/** The boot got further, so its warnings were harmless, except for a broken initrd. */
export const noteProgress: Update = (context) => ({
  programsSpoke: true,
  ...outlive(context, context.warnings),
});

/** The kernel still works, so it has neither died nor stopped, and complaints of a loader were harmless. */
export const noteLife = (context: BootContext): Partial<BootContext> =>
  outlive(
    context,
    context.warnings.filter(
      ({ outcome, signal }) => endsWithLife.includes(outcome) || isOf(signal, 'loader-complaint'),
    ),
  );

const endsWithLife: readonly OutcomeId[] = ['kernel-panic', 'kernel-hang', 'irq-storm'];

function outlive({ warnings, survived }: BootContext, over: Failure[]): Partial<BootContext> {
  const harmless = over.filter(({ outcome }) => outcome !== 'initramfs-corrupt');
  return {
    warnings: warnings.filter((warning) => !harmless.includes(warning)),
    survived: once([...survived, ...harmless]),
  };
}

/** A shell prompt. After a rescue shell it does not show that the system is up. */
export const noteShell: Update = (context, { signal }) => {
  const { stage, rescue, up, bareShell } = context;
  const running = stage !== 'firmware' && stage !== 'kexec';
  if (!running || rescue !== null) return noteLife(context);
  const named = ['who', 'bracketed', 'host'].some((name) => name in signal.captures);
  // Without a login, a console offers only root's shell. Another user's prompt may be that of the recording machine.
  const isHere = isAndroid(signal) || asksKernel(signal) || /#( |$)/.test(signal.text);
  if (named && !isHere) return noteLife(context);
  return {
    ...noteLife(context),
    ...(named ? { up: up ?? signal } : { bareShell: bareShell ?? signal }),
  };
};

/** Android's console offers a shell of the user `shell`, without a login. */
function isAndroid({ captures: { host, who } }: Signal): boolean {
  return host === 'console' || who?.startsWith('shell@') === true;
}

export const noteUp: Update = ({ up }, { signal }) => ({ up: up ?? signal });

/** The system itself runs, so its root was found. A failed kexec stays failed. */
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
  ...(context.recovers
    ? { carried: [], survived: once([...context.carried, ...context.survived]) }
    : {}),
  ...(context.bornBy === 'kexec' ? { failures: [], carried: [], replaced: null } : {}),
  ...comeBack(context),
  warnings: [],
  login: context.login ?? event.signal,
  resets: 0,
  lastWords: [],
});

export const noteTimeout: Update = ({ timedOut }, { signal }) => ({ timedOut: timedOut ?? signal });

/** The root file system depends on the device that did not appear. */
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

export const noteMachine: Update = (_, { signal }) => ({ machine: signal });

export const noteRescue: Update = ({ rescue }, { signal }) => ({ rescue: rescue ?? signal });

function failureOf(context: BootContext, { signal, outcome, stage, words }: SignalEvent): Failure {
  const { generation, banner, programsSpoke } = context;
  // If init dies before the system has printed anything, it could not run; a later death is a panic of the system.
  const systemSpoke = context.stage === 'userspace' && programsSpoke;
  const ran =
    isOf(signal, 'init-exited') && (systemSpoke || words != null || wasKilled(signal.captures));
  return {
    outcome: ran ? 'kernel-panic' : (outcome ?? 'unknown'),
    generation,
    stage: stage ?? context.stage,
    signal,
    banner,
  };
}

/**
 * Whether a signal killed it that only a working program gets: SIGABRT, SIGBUS, or SIGKILL (sent by the kernel after a
 * fault of its own). A program for another CPU gets SIGILL or SIGSEGV.
 */
function wasKilled({ exitcode = '0' }: Record<string, string>): boolean {
  return [6, 7, 9].includes(Number(exitcode) & 0x7f);
}

/** The first failure of each signature, up to a limit. */
function once(failures: Failure[]): Failure[] {
  const first = failures.filter(
    ({ signal }, index) =>
      failures.findIndex((other) => other.signal.signature === signal.signature) === index,
  );
  return first.slice(0, longestList);
}
