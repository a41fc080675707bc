import type { CaseResult } from '../model/result.ts';
import type { LabEvent } from '../model/run.ts';
/** Shows a run. Gets every event in order; must never throw for what a guest printed. */
export type Reporter = {
  onEvent(event: LabEvent): void;
  /** Called instead of any further event when the run could not go on. */
  onError?(error: Error): void;
  /** Called once after the last event; may finish writing. */
  close?(): void | Promise<void>;
};

/** Where a reporter writes and what that place can do. */
export type ReporterOutput = {
  write(text: string): void;
  /** True where the cursor may be moved (an interactive terminal). */
  interactive: boolean;
  color: boolean;
  columns: number;
};

/** What a reporter is told beside the events. */
export type ReporterOptions = {
  /** The command that runs a case again, as one types it. */
  rerun: (result: CaseResult) => string;
  /** Whether to show only the cases that did not pass, and the summary. */
  quiet?: boolean;
};
