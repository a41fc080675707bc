import type { DiagnosisDocument } from '../model/boot.ts';
import type { Diagnosis } from './diagnose-log.ts';

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
