import type { Diagnosis } from './diagnose-log.ts';
import type { Doubt } from './doubt.ts';
import type { Outcome, OutcomeId } from './outcome.ts';
import type { Signal } from './signal.ts';

/** What a console log shows, as `kexec-lab diagnose --json` prints it. Schema `kexec-lab/diagnosis@1`. */
export type DiagnosisDocument = {
  schema: 'kexec-lab/diagnosis@1';
  /** Where the log was read from: a file, or `standard input`. Left out where the log was given in memory. */
  log?: string;
  /** Lines of the log. */
  lines: number;
  outcome: OutcomeId;
  /** What was recognised, in order; of a very long log the beginning and the end. */
  signals: Signal[];
  /** How many signals are left out between the two. */
  signalsOmitted: number;
} & Omit<Outcome, 'id'> &
  Doubt;

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
