/** Exit codes of every kexec-lab command. The README's table is this table. */
export const exitCodes = {
  ok: 0,
  fail: 1,
  usage: 2,
  internal: 3,
  nothingSelected: 4,
  unavailable: 5,
  /** The candidate is not to be rolled out. */
  hold: 7,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

type KexecLabErrorOptions = {
  /** What the user can do next, as one sentence or one command. */
  hint?: string;
  /** Where the trouble is, as `file:line:col` (or just the file). */
  place?: string;
  cause?: unknown;
};

/** The root of all errors a user is meant to read. Anything else that reaches the CLI is a bug (exit 3). */
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

  /** The one way an error is shown: `place: message`, then the hint on a line of its own. */
  describe(): string {
    const head = this.place === undefined ? this.message : `${this.place}: ${this.message}`;
    return this.hint === undefined ? head : `${head}\n  ${this.hint}`;
  }
}

/** Wrong arguments, or a file the user named that cannot be used. */
export class UsageError extends KexecLabError {
  readonly exitCode = exitCodes.usage;
}

/** A scenario that cannot be understood or that names things that do not exist. */
export class ScenarioError extends KexecLabError {
  readonly exitCode = exitCodes.usage;
}

/** The selection is valid but matches nothing. */
export class NothingSelectedError extends KexecLabError {
  readonly exitCode = exitCodes.nothingSelected;
}

/** The lab's own trouble (a missing tool, a failed download, a full disk): never the kernel's. */
export class UnavailableError extends KexecLabError {
  readonly exitCode = exitCodes.unavailable;
}
