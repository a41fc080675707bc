import type { Signal } from '../../model/boot.ts';
import type { BootContext, Crash, Update } from './context.ts';
import type { Failure } from './failures.ts';
import { causes, isKexecFailure } from './failures.ts';
import { longestList } from './context.ts';

// Updates for crash kernels: loading one, its start after a panic, and the dump that it saves.

/** Lines in which `kexec -p` may explain a failure before the service that ran it reports it. */
const explanationLines = 10;

/**
 * A crash kernel could not be loaded. A failure of kexec just before is a failure of this `kexec -p`, and does not concern
 * the boot.
 */
export const noteCrashLoad: Update = (context, { signal, outcome, stage }) => {
  const { generation, banner, failures, crashLoad } = context;
  const isOwn = (failure: Failure) =>
    isKexecFailure(failure) && signal.line - failure.signal.line <= explanationLines;
  const failure: Failure = {
    outcome: outcome === 'crash-not-reserved' ? outcome : 'crash-load-failed',
    ...{ generation, stage: stage ?? context.stage, signal, banner },
  };
  const isNew = crashLoad.every((known) => known.signal.signature !== signal.signature);
  const explained = failures.filter(isOwn);
  return {
    crashLoad: [...crashLoad, ...(isNew ? [failure] : []), ...explained].slice(0, longestList),
    failures: failures.filter((known) => !isOwn(known)),
  };
};

/** A panicked kernel starts its crash kernel. */
export const noteCrashStart: Update = (context, { signal }) => ({
  crash: {
    generation: context.generation,
    start: signal,
    causes: causes(context),
    dump: null,
    back: false,
  },
});

/** The kernel says that it is a crash kernel. */
export const noteCrashKernel: Update = (context, { signal }) => ({
  crashKernel: signal,
  crash: context.crash ?? crashBefore(context, signal),
});

/** The kernel before this one died: this one saves its dump, or says that it is its crash kernel. */
function crashBefore({ generation, carried }: BootContext, start: Signal): Crash {
  return { generation: generation - 1, start, causes: carried, dump: null, back: false };
}

/**
 * What the crash kernel reports about the dump. A failure counts until another try begins: Debian's kdump-config looks at the
 * exit code of the program behind makedumpfile in its pipe, and says that it saved a dump that makedumpfile did not write.
 */
export const noteDump: Update = (context, { type, signal }) => {
  const crash = context.crash ?? (type === 'dump-begins' ? null : crashBefore(context, signal));
  if (crash === null || !isCrashKernel({ ...context, crash }) || context.login !== null) return {};
  if (type === 'dump-begins') return { crash: { ...crash, dump: null } };
  const hasFailed = crash.dump?.saved === false;
  const dump = { saved: type === 'dump-saved', signal };
  return { crash: { ...crash, dump: hasFailed ? crash.dump : dump } };
};

/** Whether the newest kernel is the crash kernel. */
function isCrashKernel({ generation, crash }: BootContext): boolean {
  return crash !== null && generation === crash.generation + 1;
}

/** Whether the newest kernel has died and its crash kernel has not printed anything yet. */
export function isJumping({ generation, crash }: BootContext): boolean {
  return crash?.generation === generation;
}

/** Whether the crash kernel is being started or runs, so that the dump may still be saved. */
export function isDumping({ generation, crash }: BootContext): boolean {
  return crash !== null && generation <= crash.generation + 1;
}

/**
 * What remains of a crash when the next kernel starts. If the crash kernel itself failed before it reported anything about
 * the dump, there is none.
 */
export function crashAfter(context: BootContext): Crash | null {
  const { crash, rescue } = context;
  if (crash === null || crash.back) return null;
  if (!isCrashKernel(context) || crash.dump !== null) return crash;
  const trouble = causes(context)[0]?.signal ?? rescue;
  return trouble === null ? crash : { ...crash, dump: { saved: false, signal: trouble } };
}

/** The machine has come back after a crash. */
export function comeBack(context: BootContext): Pick<BootContext, 'crash'> {
  const { crash } = context;
  return { crash: crash === null || isDumping(context) ? crash : { ...crash, back: true } };
}
