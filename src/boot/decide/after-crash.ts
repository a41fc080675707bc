import type { Signal } from '../../model/boot.ts';
import type { Crash } from '../machine/context.ts';
import { isDumping, isJumping } from '../machine/crash.ts';
import { causes } from '../machine/failures.ts';
import type { Decision, Standing } from './decision.ts';
import { byFailure, known } from './decision.ts';

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
