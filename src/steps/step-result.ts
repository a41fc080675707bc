/** What became of a step. A step that was not reached, or was under way when the boot ended, is `pending`. */
export type StepResult = {
  step: string;
  /** `file:line` of the scenario; null for a step that comes out of no file. */
  place: string | null;
  status: 'done' | 'failed' | 'pending';
  /** Host seconds from power-on to its end; null while it is pending. */
  at: number | null;
  /** Why it failed; of a proof that is done, what its command printed. */
  detail: string;
};
