/** Compares the console of a machine that is played to the recorded one, as it comes. */
export class ConsoleComparison {
  /** How much has come. */
  bytes = 0;
  /** Offset of the first byte that is not as it was recorded; null while all are. */
  differsAt: number | null = null;
  readonly #recorded: Uint8Array;

  constructor(recorded: Uint8Array) {
    this.#recorded = recorded;
  }

  feed(chunk: Uint8Array): void {
    const at = chunk.findIndex((byte, index) => byte !== this.#recorded[this.bytes + index]);
    if (at !== -1) this.differsAt ??= this.bytes + at;
    this.bytes += chunk.length;
  }

  /** Nothing more will come: what is missing differs, too. */
  end(): void {
    if (this.bytes < this.#recorded.length) this.differsAt ??= this.bytes;
  }

  /** Whether all that was recorded has come. */
  get complete(): boolean {
    return this.bytes >= this.#recorded.length;
  }

  /** The line, counted from 1, that the first difference is in. */
  get line(): number | null {
    if (this.differsAt === null) return null;
    return 1 + this.#recorded.subarray(0, this.differsAt).filter((byte) => byte === 10).length;
  }
}
