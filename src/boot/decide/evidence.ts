import type { Alternative, Doubt, Evidence, Outcome, Signal } from '../../model/boot.ts';
import type { Certainty, OutcomeId } from '../../model/vocabulary.ts';
import { isUp } from '../../model/vocabulary.ts';
import { isOf } from '../../signatures/all.ts';
import { describeCpu } from '../cpu/cpu-sample.ts';
import type { Failure } from '../machine/failures.ts';
import type { Decision, Standing } from './decision.ts';
const longestEvidence = 12;

/** The last line with text, for an outcome that has no other evidence. */
export type LastLine = { line: number; text: string };

/** The evidence of a decision: console lines, the cause first, then what was seen from outside the machine. */
export function evidenceOf(
  { id, because, byCpu, aside = [] }: Decision,
  { silence, end, context }: Standing,
  lastLine: LastLine | null,
): Evidence[] {
  const [cause, ...others] = because;
  const order = (some: Signal[]): Signal[] => some.toSorted((a, b) => a.line - b.line);
  const { lpiTable } = context;
  const behind = lpiTable === null || because.includes(lpiTable) ? [] : [lpiTable];
  const lines = [...(cause ? [cause] : []), ...order([...others, ...behind]), ...order(aside)]
    .map(({ line, text, signature }) => ({ line, text, signature }))
    .slice(0, longestEvidence);
  const outside: Evidence[] = [];
  if (id === 'qemu-exited') outside.push(seen('qemu', end?.detail ?? 'QEMU has ended'));
  if ((byCpu || unproved.includes(id)) && silence.judgement !== null) {
    const seconds = Math.max(silence.spanMs, end?.silentMs ?? 0) / 1000;
    outside.push(seen('silence', `no byte from the console for ${seconds.toFixed(1)} s`));
    outside.push(seen('cpu-samples', describeCpu(silence.judgement)));
  }
  if (end?.reason === 'stopped' && end.detail !== undefined) {
    outside.push(seen('stopped', end.detail));
  }
  if (lines.length === 0 && lastLine !== null && id !== 'no-output') {
    lines.push({ ...lastLine, signature: 'last-line' });
  }
  return id === 'qemu-exited' ? [...outside, ...lines] : [...lines, ...outside];
}

/** Outcomes for which the CPUs are the reader's best clue, even where their samples did not decide. */
const unproved: readonly OutcomeId[] = ['unknown', 'no-output', 'kernel-hang'];

/**
 * The captures of all evidence. Those of the cause win over those of its consequences. The banner of another kernel than the
 * one the decision is about captures nothing.
 */
export function capturesOf({ because, banner }: Decision): Record<string, string> {
  const said: Signal[] = [...because, ...(banner ? [banner] : [])]
    .filter((signal) => !isOf(signal, 'kernel-version') || signal.line === banner?.line)
    .reverse();
  const captures = Object.assign({}, ...said.map((signal) => signal.captures)) as Record<
    string,
    string
  >;
  const device = said.map((signal) => deviceName(signal.captures.device)).findLast(Boolean);
  delete captures.device;
  return device === undefined ? captures : { ...captures, device };
}

/** The kernel prints `vda` for /dev/vda, and `(null)` or nothing where no name was given. */
function deviceName(printed: string | undefined): string | undefined {
  if (printed === undefined || printed === '' || printed === '(null)') return undefined;
  return /^[a-z]\w*$/.test(printed) ? `/dev/${printed}` : printed;
}

function seen(signature: string, text: string): Evidence {
  return { line: null, text, signature };
}

/** The size of EDK2's largest text mode on a serial terminal in either direction (80 × 50 and 128 × 40). */
export const firmwareScreen = { columns: 128, rows: 50 } as const;

/** Enough rows for a menu with its title, entries and keys. */
const longestScreen = 24;

/**
 * Adds the machine's screen to the evidence of firmware that waits. A menu is drawn with cursor movements, so the lines of
 * the console do not show it.
 *
 * @param screen returns its rows, see {@link createScreen}; not called for other outcomes
 */
export async function withScreen(
  outcome: Outcome,
  screen: () => Promise<readonly string[]>,
): Promise<Outcome> {
  if (outcome.id !== 'firmware-stuck') return outcome;
  const shown = (await screen())
    .map((row) => row.trim().replace(/\s{2,}/g, '  '))
    // A menu's frame says nothing.
    .filter((row) => !/^[\s|+=/\\_\u2500-\u257f-]*$/.test(row))
    // The newest text is at the bottom.
    .slice(-longestScreen)
    .map((text): Evidence => ({ line: null, text, signature: 'screen' }));
  return { ...outcome, evidence: [...outcome.evidence, ...shown] };
}

const mostAlternatives = 4;

/** Says how certain a decision is, what else it could be, and what would settle it. */
export function doubtOf(decision: Decision, standing: Standing): Doubt {
  const certainty = certaintyOf(decision);
  const others = [...silent(decision, standing), ...contradicted(decision, standing)];
  const alternatives = others
    .filter(({ outcome }, index) => outcome !== decision.id && first(others, outcome) === index)
    .slice(0, mostAlternatives);
  return { certainty, alternatives, settle: settle(certainty, decision, standing) };
}

function first(all: Alternative[], outcome: OutcomeId): number {
  return all.findIndex((other) => other.outcome === outcome);
}

function certaintyOf({ id, byCpu, because, bySilence }: Decision): Certainty {
  if (id === 'unknown') return 'unknown';
  const named = because.some((signal) => isOf(signal, 'proof-release'));
  if (byCpu || id === 'qemu-exited' || (isUp(id) && named)) return 'proved';
  return bySilence === true ? 'likely' : 'shown';
}

/** Other outcomes that look the same because the console is silent. */
function silent({ id, bySilence, because }: Decision, { state, context }: Standing): Alternative[] {
  const at = because[0]?.line ?? null;
  const last = (outcome: OutcomeId, why: string): Alternative => ({
    outcome,
    line: at,
    because: why,
  });
  if (id === 'unknown' && state.stage === 'kexec')
    return [last('bye-hang', 'a kexec began, and no other kernel printed anything')];
  if (id === 'unknown' && context.login !== null)
    return [
      {
        outcome: 'booted',
        line: context.login.line,
        because: 'the system was up before the reset',
      },
    ];
  if (bySilence !== true) return [];
  if (id === 'bye-hang' || id === 'kernel-silent')
    return [
      last(
        'console-lost',
        'the kernel may be running with a different console, or it was told to be quiet',
      ),
      last('unknown', 'the recording may have ended before the kernel printed anything'),
    ];
  if (context.login !== null)
    return [{ outcome: 'booted', line: context.login.line, because: 'the system was up earlier' }];
  if (id === 'kexec-load-failed')
    return [last('wrong-kernel', 'the console does not say why the old kernel keeps running')];
  return [last('unknown', 'the recording may have ended while the boot was making progress')];
}

/** Other problems that the console names. */
function contradicted({ id, because }: Decision, { context }: Standing): Alternative[] {
  const spoken = (failure: Failure, why: string): Alternative => ({
    outcome: failure.outcome,
    line: failure.signal.line,
    because: why,
  });
  const { failures, warnings, survived } = context;
  const own = new Set(because.map(({ line }) => line));
  const open = [...failures, ...warnings].filter(({ signal }) => !own.has(signal.line));
  return [
    ...open.map((failure) => spoken(failure, 'the console says so, but something else came first')),
    ...survived
      .filter(() => id === 'booted' || id === 'unknown')
      .map((failure) => spoken(failure, 'the console says so, but the system kept running')),
  ];
}

function settle(certainty: Certainty, { id }: Decision, { state, context, end }: Standing): string {
  if (certainty === 'proved' || certainty === 'shown') return '';
  if (end?.reason !== 'log-ended') return "More CPU samples, or the kernel's log in memory.";
  if (id === 'bye-hang' || id === 'kernel-silent')
    return "CPU samples (are the CPUs stuck?), the kernel's log in memory, or the same boot with earlycon.";
  if (id === 'kexec-load-failed') return 'The output of the command that loads the kernel.';
  if (id !== 'unknown' || context.login !== null)
    return 'A recording until the machine has been silent for some minutes or is up again.';
  if (state.name === 'firmware.silent')
    return "A recording of this machine's serial console at the right baud rate.";
  return 'A recording until the login prompt, or until no text has appeared for some minutes.';
}
