import type { Arch } from '../arch.ts';
import type { Stage } from '../boot/outcome.ts';
import type { Signal } from '../boot/signal.ts';
import type { ImageProgress } from '../image/build/build-context.ts';
import type { Case } from '../scenario/scenario.ts';
import type { Shard } from '../scenario/shard.ts';
import type { CaseResult, Environment, RunReport } from './result.ts';

/** Which case an event belongs to. */
export type CaseReference = { id: string; scenario: string; arch: Arch; repeat: number };

export function caseReference({ id, scenario, arch, repeat }: Case): CaseReference {
  return { id, scenario: scenario.name, arch, repeat };
}

/** Which part of a run, and all the cases of the whole. */
export type ShardOfRun = Shard & { all: CaseReference[] };

/**
 * The whole contract between running and showing. One JSON object per line in `events.jsonl`;
 * `at` is host milliseconds since the run began.
 */
export type LabEvent = { at: number } & (
  | {
      type: 'run-started';
      schema: 'kexec-lab/events@1';
      id: string;
      startedAt: string;
      directory: string;
      cases: CaseReference[];
      jobs: number;
      /** Where this is one part of a run. */
      shard?: ShardOfRun;
    }
  | { type: 'environment'; environment: Environment }
  | { type: 'images-progress'; progress: ImageProgress }
  | { type: 'case-started'; case: CaseReference; attempt: number; directory: string }
  | { type: 'case-stage'; case: CaseReference; generation: number; stage: Stage }
  | { type: 'case-signal'; case: CaseReference; signal: Signal }
  | { type: 'case-console'; case: CaseReference; line: number; text: string }
  | { type: 'case-retried'; case: CaseReference; attempt: number; result: CaseResult }
  | { type: 'case-finished'; case: CaseReference; result: CaseResult }
  | { type: 'interrupted'; signal: string }
  | { type: 'run-finished'; report: RunReport }
);
