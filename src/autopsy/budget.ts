/**
 * A limit on one kind of work that a guest can ask for. It counts work and not time, so that a dump gives the same answer on
 * every host.
 */
export class Budget {
  #left: number;
  #exhausted = false;

  constructor(limit: number) {
    this.#left = limit;
  }

  /** Whether work was refused. */
  get exhausted(): boolean {
    return this.#exhausted;
  }

  /** Whether that much may still be done; false from the first time that it may not. */
  spend(amount: number): boolean {
    if (amount > this.#left) this.#exhausted = true;
    else this.#left -= amount;
    return !this.#exhausted;
  }
}
