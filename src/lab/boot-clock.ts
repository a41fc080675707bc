/** Seconds since power-on, and of the console's silence that lasts. */
export type Lasting = { total: number; silence: number };

/** How long a boot and its silence have lasted, on the host's clock and on the guest's. */
export class BootClock {
  readonly #now: () => number;
  readonly #started: number;
  #lastByte = 0;
  #powerOn: number | undefined;
  #silentSince: number | undefined;
  #guest: Lasting = { total: 0, silence: 0 };

  /** @param now milliseconds of a monotonic clock */
  constructor(now = () => performance.now()) {
    this.#now = now;
    this.#started = now();
  }

  /** Host milliseconds since power-on. */
  get elapsed(): number {
    return this.#now() - this.#started;
  }

  /** Host milliseconds of silence. */
  get quiet(): number {
    return this.elapsed - this.#lastByte;
  }

  get host(): Lasting {
    return { total: this.elapsed / 1000, silence: this.quiet / 1000 };
  }

  /** As far as it was read: what has happened since is not in it. */
  get guest(): Lasting {
    return this.#guest;
  }

  /** A byte came, and with it another silence begins. */
  hear(): void {
    this.#lastByte = this.elapsed;
    this.#silentSince = undefined;
    this.#guest = { ...this.#guest, silence: 0 };
  }

  /**
   * Reads the guest's clock, the first time at power-on. A byte that comes meanwhile may be older or newer than the
   * reading, which then tells nothing of the silence.
   * @param guestSeconds on a clock of any beginning
   */
  async readGuest(guestSeconds: () => Promise<number>): Promise<void> {
    const silence = this.#lastByte;
    const seconds = await guestSeconds();
    this.#powerOn ??= seconds;
    const total = seconds - this.#powerOn;
    if (silence === this.#lastByte) this.#silentSince ??= seconds;
    this.#guest = { total, silence: seconds - (this.#silentSince ?? seconds) };
  }
}
