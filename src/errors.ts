/** The exit codes of all commands, as the README lists them. */
export const exitCodes = {
  ok: 0,
  fail: 1,
  usage: 2,
  internal: 3,
  nothingSelected: 4,
  unavailable: 5,
  /** HOLD: do not roll out the candidate. */
  hold: 7,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

type KexecLabErrorOptions = {
  /** What the user can do next, as one sentence or one command. */
  hint?: string;
  /** Where the problem is: `file:line:col`, or the file. */
  place?: string;
  cause?: unknown;
};

/** Base class of the errors that are shown to users. Any other error that reaches the command line is a bug (exit code 3). */
export abstract class KexecLabError extends Error {
  abstract readonly exitCode: ExitCode;
  readonly hint: string | undefined;
  readonly place: string | undefined;

  constructor(message: string, { hint, place, cause }: KexecLabErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.hint = hint;
    this.place = place;
  }

  /** How every error is shown: `place: message`, then the hint on its own line. */
  describe(): string {
    const head = this.place === undefined ? this.message : `${this.place}: ${this.message}`;
    return this.hint === undefined ? head : `${head}\n  ${this.hint}`;
  }
}

/** Invalid arguments, or a named file that cannot be used. */
export class UsageError extends KexecLabError {
  readonly exitCode = exitCodes.usage;
}

/** A scenario that is invalid or names things that do not exist. */
export class ScenarioError extends KexecLabError {
  readonly exitCode = exitCodes.usage;
}

/** A valid selection that matches nothing. */
export class NothingSelectedError extends KexecLabError {
  readonly exitCode = exitCodes.nothingSelected;
}

/** A problem of the lab (a missing tool, a failed download, a full disk). It says nothing about the kernel. */
export class UnavailableError extends KexecLabError {
  readonly exitCode = exitCodes.unavailable;
}
