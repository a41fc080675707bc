import type { Candidate } from '../candidate/candidate.ts';
import type { LabEvent, ShardOfRun } from '../model/run.ts';

/** Options of a run, as `runCases` takes them. */
export type RunOptions = {
  /** How many cases run at a time. */
  jobs: number;
  /** How many times a case that did not pass is retried. */
  retries: number;
  /** The parent of the run directory. */
  out: string;
  /** Use the QEMUs of this directory only. */
  qemuDir?: string;
  /** Debian mirror to build images from; default: the host's. */
  mirror?: string;
  /** Whether cases may start from a checkpoint of the first boot they share. */
  checkpoint: boolean;
  /** The kernel under test, which replaces the distribution's. */
  candidate?: Candidate | undefined;
  /** Fires when the user wants the run to stop: running cases end as `interrupted`, the report is still written. */
  signal: AbortSignal;
  /** The shard that this run is; left out for a whole run. */
  shard?: ShardOfRun;
  /** Whether a silent failure is booted again with verbose kernel output. */
  explain?: boolean;
  /** Whether every boot is recorded for replay. */
  record?: boolean;
  /** How many times a failed case is booted again with recording, until it fails again. Left out: never. */
  recordOnFailure?: number;
  /** Receives notices for the user that do not stop the run. */
  onNotice?: (notice: string) => void;
  /** Whether console lines are emitted as events. */
  tail: boolean;
};

/** An event without its time, which `runCases` adds. */
export type Telling = LabEvent extends infer Event
  ? Event extends unknown
    ? Omit<Event, 'at'>
    : never
  : never;
