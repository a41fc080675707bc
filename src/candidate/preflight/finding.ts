/** `stop`: it cannot work. `warn`: it works only if something is seen to. `note`: nobody could look. */
export type Severity = 'stop' | 'warn' | 'note';

/** What preflight has to say of a candidate. */
export type Finding = {
  /** Stable, for scripts. */
  id: string;
  severity: Severity;
  /** One sentence. */
  message: string;
  /** What to do about it. */
  advice: string;
  /** Where it was read: a file, a configuration line. */
  source: string;
};
