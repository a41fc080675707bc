import { createScreen } from '../console/screen.ts';
import type { DiagnosisDocument, Doubt, Outcome, Signal } from '../model/boot.ts';
import { Transcript } from '../transcript/transcript.ts';
import { firmwareScreen, withScreen } from './decide/evidence.ts';
import { createBootObserver } from './observer.ts';
/** How many signals are kept of each end of a log: the beginning shows the machine, the end what it died of. */
const keptSignals = 1000;

/** What a log that somebody recorded shows. */
export type Diagnosis = {
  outcome: Outcome;
  doubt: Doubt;
  /** What was recognised, in order; of a very long log the beginning and the end. */
  signals: Signal[];
  /** How many signals are left out between the two. */
  signalsOmitted: number;
  /** Lines of the log. */
  lines: number;
};

/**
 * Reads a console log to its end. What it holds in memory does not grow with the log.
 * @throws whatever `chunks` throws
 */
export async function diagnoseLog(chunks: AsyncIterable<Uint8Array>): Promise<Diagnosis> {
  const observer = createBootObserver({ lines: new Transcript() });
  const first: Signal[] = [];
  let last: Signal[] = [];
  let seen = 0;
  const keep = (signals: Signal[]): void => {
    seen += signals.length;
    for (const signal of signals) (first.length < keptSignals ? first : last).push(signal);
    if (last.length > 2 * keptSignals) last = last.slice(-keptSignals);
  };
  const screen = createScreen(firmwareScreen);
  for await (const chunk of chunks) {
    keep(observer.feed(chunk));
    screen.feed(chunk);
  }
  keep(observer.peek());
  keep(observer.end({ reason: 'log-ended' }));
  const signals = [...first, ...last.slice(-keptSignals)];
  return {
    doubt: observer.doubt(),
    outcome: await withScreen(observer.outcome(), async () =>
      screen.isPainted() ? screen.text() : [],
    ),
    signals,
    signalsOmitted: seen - signals.length,
    lines: observer.position.line,
  };
}

/** @param log where the log was read from; left out for one in memory */
export function diagnosisDocument(
  { outcome: { id, ...outcome }, doubt, signals, signalsOmitted, lines }: Diagnosis,
  log?: string,
): DiagnosisDocument {
  return {
    schema: 'kexec-lab/diagnosis@1',
    ...(log !== undefined && { log }),
    lines,
    outcome: id,
    ...outcome,
    ...doubt,
    signals,
    signalsOmitted,
  };
}
