import type { Signal } from '../boot/signal.ts';

/** A guest may say what it wants, for ever; who waits for more than this much of it waits for nothing. */
const kept = 10_000;

type Entry = Pick<Signal, 'signature' | 'captures'> & { generation: number };

/** What the console has said so far, for steps that wait: they look at what came after the one before them. */
export class SignalLog {
  /** What nobody has waited past yet. */
  #entries: Entry[] = [];
  #wake: (() => void)[] = [];

  add({ signature, captures }: Signal, generation: number): void {
    this.#entries.push({ signature, captures, generation });
    if (this.#entries.length > 2 * kept) this.#entries = this.#entries.slice(-kept);
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }

  /** Resolves when the next entry that `matches` is there, and goes on behind it the next time. */
  async next(matches: (entry: Entry) => boolean, signal: AbortSignal): Promise<void> {
    for (;;) {
      const found = this.#entries.findIndex(matches);
      if (found !== -1) {
        this.#entries = this.#entries.slice(found + 1);
        return;
      }
      await this.#change(signal);
    }
  }

  /** From here on: what was said until now is not waited for any more. */
  skip(): void {
    this.#entries = [];
  }

  async #change(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const stop = (): void => {
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#wake.push(() => {
        signal.removeEventListener('abort', stop);
        resolve();
      });
    });
  }
}
