/** What `import … from 'kexec-lab'` gives: the diagnosis of console logs, and the types of what the lab writes. */
export { diagnose } from './diagnose.ts';
export type { ConsoleLog, DiagnoseOptions } from './diagnose.ts';
export type { DiagnosisDocument } from './boot/diagnosis.ts';
export { outcomeIds, stages } from './boot/outcome.ts';
export type { Evidence, Outcome, OutcomeId, Stage } from './boot/outcome.ts';
export type { Signal } from './boot/signal.ts';
export type { CaseReference, LabEvent } from './lab/events.ts';
export type { CaseResult, Environment, RunReport, StageTime, Verdict } from './lab/result.ts';
