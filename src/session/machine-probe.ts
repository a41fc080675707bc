import { UnavailableError } from '../errors.ts';
import type { CpuSample } from '../model/boot.ts';
import type { Machine } from '../qemu/machine.ts';
import { QmpLost } from '../qemu/qmp.ts';
import type { ConsoleFeed, Listeners } from './console-feed.ts';
import { exitSoon } from './qemu-trouble.ts';

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

  /** Reads the guest's clock. @throws QmpLost when QEMU is there and does not answer */
  async readClock(): Promise<void> {
    await this.#ask(() => this.#machine.guestSeconds());
  }

  /** Shows the observer the CPUs, unless it was shown them just now. @throws QmpLost, see `readClock` */
  async lookInside(): Promise<void> {
    const { clock, observer, hooks } = this.#listeners;
    const pause = observer.gettingOn ? sampleEveryWhileGettingOn : sampleEvery;
    if (clock.elapsed - this.#sampledAt < pause) return;
    let sample: CpuSample | undefined;
    const stoodStill = await this.#ask(async () => {
      sample = await this.#machine.sample();
      return sample.guestSeconds;
    });
    if (sample !== undefined && !stoodStill) {
      hooks.onSample({ sample, silentMs: Math.round(clock.quiet) });
      observer.sample(sample);
    }
    this.#sampledAt = clock.elapsed;
  }

  /**
   * QEMU may end between two looks at it; that is for the watch to see, not an error. What cannot be looked at is not
   * (a host may keep no account of CPU time), but the watch goes on.
   * @returns whether the machine stood still meanwhile
   * @throws QmpLost when QEMU is there and does not answer
   */
  async #ask(ask: () => Promise<number>): Promise<boolean> {
    const { clock, observer } = this.#listeners;
    let refusal: unknown;
    const guestSeconds = async (): Promise<number> => {
      const seconds = await ask().catch((error: unknown) => {
        refusal = error;
        throw error;
      });
      this.#feed.catchUp();
      return seconds;
    };
    try {
      const stoodStill = await clock.readGuest(guestSeconds);
      if (stoodStill) observer.disturbed();
      return stoodStill;
    } catch (error) {
      // What the feed has to complain of (a full disk) is no news of QEMU.
      if (error !== refusal) throw error;
      if (this.#gone) return false;
      if (!(error instanceof UnavailableError)) throw error;
      if (error instanceof QmpLost && (await exitSoon(this.#machine)) === null) throw error;
      return false;
    }
  }
}
