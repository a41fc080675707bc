import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { appendTag, flagsTag } from '../model/vocabulary.ts';
import type { CaseResult, SecondOpinion, Attempt } from '../model/result.ts';
import type { Case } from '../scenario/scenario.ts';
import { caseReference } from '../scenario/select.ts';
import type { SessionListener } from '../session/listeners.ts';
import { isSilent } from '../session/case-autopsy.ts';
import { caseDirectory } from './records.ts';
import type { Lab, RunOptions, UntimedEvent } from './run-case.ts';
import { runCase } from './run-case.ts';

type Asked = Pick<
  RunOptions,
  'retries' | 'tail' | 'explain' | 'record' | 'recordOnFailure' | 'signal'
>;

/**
 * Runs a case until it passes or its retries are used up. Only `fail` and `unavailable` are retried. A pass after a
 * failure is marked `flaky`. With `explain`, a silent failure is booted again with verbose kernel output; with
 * `recordOnFailure`, a failure is booted again with recording.
 */
export async function runWithRetries(
  case_: Case,
  lab: Lab,
  runDirectory: string,
  { retries, tail, explain, record = false, recordOnFailure, signal }: Asked,
  tell: (event: UntimedEvent) => void,
): Promise<CaseResult> {
  const reference = caseReference(case_);
  const attempts: Attempt[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const relative = caseDirectory(case_, attempt);
    const directory = join(runDirectory, relative);
    const place = { directory, relative, record };
    tell({ type: 'case-started', case: reference, attempt, directory: relative });
    const result = await runCase(case_, lab, place, [tellEvents()], signal);
    const { verdict, outcome, wallSeconds } = result;
    attempts.push({ verdict, outcome, wallSeconds });
    const whole = { ...result, attempts, flaky: verdict === 'pass' && attempts.length > 1 };
    const worthRetrying = verdict === 'fail' || verdict === 'unavailable';
    if (!worthRetrying || attempt > retries || signal.aborted) {
      return { ...whole, ...(await lookCloser(result, { directory, relative })) };
    }
    tell({ type: 'case-retried', case: reference, attempt, result: whole });
  }

  /** Boots a failed case again, for a second opinion or a recording where the options ask for them. */
  async function lookCloser(
    result: CaseResult,
    place: { directory: string; relative: string },
  ): Promise<Partial<CaseResult>> {
    if (result.verdict !== 'fail') return {};
    const opinion = explain && (await secondOpinion(case_, result, lab, place, signal));
    const boots = result.recording === null ? (recordOnFailure ?? 0) : 0;
    const recording = boots > 0 && (await recordFailure(case_, lab, place, boots, signal));
    return { ...(opinion && { secondOpinion: opinion }), ...(recording && { recording }) };
  }

  /** A listener that turns a boot into events. */
  function tellEvents(): SessionListener {
    let shown = '';
    return {
      onLine: ({ line, text }) => {
        if (tail) tell({ type: 'case-console', case: reference, line, text });
      },
      onSignal: (seen) => {
        tell({ type: 'case-signal', case: reference, signal: seen });
      },
      onReading: ({ generation, stage }) => {
        const place = `${generation} ${stage}`;
        if (place !== shown) tell({ type: 'case-stage', case: reference, generation, stage });
        shown = place;
      },
    };
  }
}

/**
 * Kernel parameters that show why a kernel dies early: a console from the first line on, which stays when the real one
 * starts, and messages of every level. With `-d`, kexec prints what it loads and where.
 */
const verbose = { append: 'earlycon,keep_bootcon,ignore_loglevel', flags: '-d' };

/**
 * Boots a silent failure again with verbose kernel output. Null if the failure was not silent, if the kexec is not the
 * provider's (only that one takes its options from tags), or if the boot was stopped.
 *
 * @param place the directory of the case; the directory of this boot is `explained` in it
 */
export async function secondOpinion(
  case_: Case,
  result: CaseResult,
  lab: Lab,
  place: { directory: string; relative: string },
  signal: AbortSignal,
): Promise<SecondOpinion | null> {
  const { verdict, outcome: before, stage: where } = result;
  if (verdict !== 'fail' || before === null || where === null || signal.aborted) return null;
  if (!isSilent({ id: before, stage: where })) return null;
  if (case_.setup.tags['KEXEC_KERNEL'] === undefined) return null;
  const inside = {
    directory: join(place.directory, 'explained'),
    relative: join(place.relative, 'explained'),
  };
  const again = await runCase(withVerboseKernel(case_), lab, inside, [], signal);
  const { outcome, generation, stage, meaning, evidence, directory } = again;
  return outcome === null ? null : { outcome, generation, stage, meaning, evidence, directory };
}

/**
 * Boots a failed case again with recording, until it fails again. The failed boot is kept in `recorded` in the case's
 * directory; boots that do not fail are removed. Null if none failed, the machine cannot be recorded, or the run was
 * stopped.
 *
 * @param boots the maximum number of boots
 */
async function recordFailure(
  case_: Case,
  lab: Lab,
  place: { directory: string; relative: string },
  boots: number,
  signal: AbortSignal,
): Promise<CaseResult['recording']> {
  const directory = join(place.directory, 'recorded');
  const relative = join(place.relative, 'recorded');
  const inside = { directory, relative, record: true };
  for (let boot = 1; boot <= boots && !signal.aborted; boot += 1) {
    await rm(directory, { recursive: true, force: true });
    const { verdict, outcome, recording } = await runCase(case_, lab, inside, [], signal);
    if (recording === null) break;
    if (verdict === 'fail') return { directory: relative, outcome, boots: boot };
  }
  await rm(directory, { recursive: true, force: true });
  return null;
}

/** The same case with verbose output of kexec and of the second kernel. */
export function withVerboseKernel(case_: Case): Case {
  const { tags } = case_.setup;
  const joined = (...words: (string | undefined)[]) => words.filter(Boolean).join(',');
  return {
    ...case_,
    setup: {
      ...case_.setup,
      tags: {
        ...tags,
        [flagsTag]: joined(tags[flagsTag], verbose.flags),
        // Comes before a loglevel= that would silence the early console.
        [appendTag]: joined(verbose.append, tags[appendTag]),
      },
    },
  };
}
