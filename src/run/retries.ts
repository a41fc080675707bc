import { join } from 'node:path';
import type { Attempt, CaseResult } from '../model/result.ts';
import { caseReference } from '../scenario/expand.ts';
import type { Case } from '../scenario/scenario.ts';
import type { SessionListener } from '../session/listener.ts';
import { recordFailure, secondOpinion } from './follow-ups.ts';
import type { RunOptions, Telling } from './options.ts';
import type { Lab } from './run-case.ts';
import { runCase } from './run-case.ts';
import { caseDirectory } from './run-directory.ts';

type Asked = Pick<
  RunOptions,
  'retries' | 'tail' | 'explain' | 'record' | 'recordOnFailure' | 'signal'
>;

/**
 * Runs a case until it passes or its retries are used up. Only a `fail` or an `unavailable` is tried again: a wrong
 * scenario stays wrong, and an interrupted run is over. A pass after a failure is marked `flaky`. Where `explain` asks for
 * it, a failure in silence comes with a second opinion; where `recordOnFailure` does, a failure comes with a recording.
 */
export async function runWithRetries(
  case_: Case,
  lab: Lab,
  runDirectory: string,
  { retries, tail, explain, record = false, recordOnFailure, signal }: Asked,
  tell: (event: Telling) => void,
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

  /** What a failed case is booted again for. */
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

  /** The listener that turns a boot into events. */
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
