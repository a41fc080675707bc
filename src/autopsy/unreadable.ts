/** Something in a guest's memory that is not what it says it is. The message is the reason, in a few words. */
export class Unreadable extends Error {}

/** So many reasons are kept. A guest can make as many as it has memory for. */
const most = 16;

/** What was found in memory and could not be read, or was left out. */
export class UnreadList {
  readonly #reasons = new Set<string>();
  #more = false;

  add(reason: string): void {
    if (this.#reasons.size < most) this.#reasons.add(reason);
    else this.#more ||= !this.#reasons.has(reason);
  }

  /** One sentence fragment each, every one once. */
  all(): string[] {
    return [...this.#reasons, ...(this.#more ? ['there is more that cannot be read'] : [])];
  }
}
