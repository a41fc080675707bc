/** One hostile input, and what the command line must make of it. */
export type AbuseCase = {
  name: string;
  /** Words of the command line. */
  words: string[];
  /** Exit codes that are right for it. */
  codes: readonly number[];
  /** A line of shell whose output is standard input; default: nothing. */
  stdin?: string;
  env?: Record<string, string>;
  /** Options of prlimit(1), such as `--nofile=64`. */
  limits?: string[];
  /** What standard output and standard error must say. */
  says?: RegExp;
  /** The output is for a machine that is allowed to read commands in it. */
  commandsAllowed?: boolean;
};

/** A directory of its own that a kind's inputs are made in, and directories that are empty whenever a case begins. */
export type Place = { directory: string };

/** The hostile inputs of one kind. */
export type AbuseKind = {
  name: string;
  make: (place: Place) => AbuseCase[] | Promise<AbuseCase[]>;
};
