import { UnavailableError } from '../errors.ts';
import type { Machine } from '../qemu/machine.ts';
import type { ConsoleFeed, Listeners } from './console-feed.ts';

/** How often to look, in host milliseconds: no look decides an outcome by itself. */
const sampleEvery = 50;
/** A look costs the guest 2 ms. One that is getting on needs fewer of them. */
const sampleEveryWhileGettingOn = 150;

/**
 * Asks a machine that is being watched what its console does not say. What the guest had printed when it answered is
 * passed on before anything follows from the answer.
 */
export class MachineProbe {
  readonly #machine: Machine;
  readonly #feed: ConsoleFeed;
  readonly #listeners: Listeners;
  #sampledAt = 0;
  #gone = false;

  constructor(machine: Machine, feed: ConsoleFeed, listeners: Listeners) {
    this.#machine = machine;
    this.#feed = feed;
    this.#listeners = listeners;
    void machine.exited.then(() => (this.#gone = true));
  }

  /** Reads the guest's clock. */
  async readClock(): Promise<void> {
    await this.#ask(async () => {
      const seconds = await this.#machine.guestSeconds();
      this.#feed.catchUp();
      return seconds;
    });
  }

  /** Shows the observer the CPUs, unless it was shown them just now. */
  async lookInside(): Promise<void> {
    const { clock, observer, hooks } = this.#listeners;
    const pause = observer.gettingOn ? sampleEveryWhileGettingOn : sampleEvery;
    if (clock.elapsed - this.#sampledAt < pause) return;
    await this.#ask(async () => {
      const sample = await this.#machine.sample();
      this.#feed.catchUp();
      hooks.onSample({ sample, silentMs: Math.round(clock.quiet) });
      observer.sample(sample);
      return sample.guestSeconds;
    });
    this.#sampledAt = clock.elapsed;
  }

  /** QEMU may end between two looks at it; that is for the watch to see, not an error. */
  async #ask(guestSeconds: () => Promise<number>): Promise<void> {
    try {
      await this.#listeners.clock.readGuest(guestSeconds);
    } catch (error) {
      if (!this.#gone && !(error instanceof UnavailableError)) throw error;
    }
  }
}
