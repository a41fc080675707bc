/** What `import … from 'kexec-lab'` gives: the diagnosis of console logs, and the types of what the lab writes. */
export { diagnose } from './boot/diagnose.ts';
export type { ConsoleLog, DiagnoseOptions } from './boot/diagnose.ts';
export type { DiagnosisDocument, Evidence, Outcome, Signal } from './model/boot.ts';
export type { CaseResult, StageTime } from './model/result.ts';
export type { CaseReference, Environment, LabEvent, RunReport } from './model/run.ts';
export { outcomeIds, stages } from './model/vocabulary.ts';
export type { OutcomeId, Stage, Verdict } from './model/vocabulary.ts';
