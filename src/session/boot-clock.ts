/** Seconds since power-on, and of the console's silence that lasts. */
export type Lasting = { total: number; silence: number };

/** An answer takes milliseconds. A machine that takes so long over one stood still meanwhile. Host milliseconds. */
const standstill = 2000;

/** How long a boot and its silence have lasted, on the host's clock and on the guest's. */
export class BootClock {
  readonly #now: () => number;
  readonly #started: number;
  #lastByte = 0;
  #powerOn: number | undefined;
  #silentSince: number | undefined;
  /** What the guest's clock said last. */
  #read: number | undefined;
  #leftOut = 0;
  #guest: Lasting = { total: 0, silence: 0 };

  /** @param now milliseconds of a monotonic clock */
  constructor(now = () => performance.now()) {
    this.#now = now;
    this.#started = now();
  }

  /** Host milliseconds since power-on in which the machine could run. */
  get elapsed(): number {
    return this.#now() - this.#started - this.#leftOut;
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
   * reading, which then tells nothing of the silence. Nor does one for which QEMU took seconds: it was stopped (SIGSTOP, a
   * frozen container, a suspended host), that time is the host's and counts nowhere, and another silence begins.
   * @param guestSeconds on a clock of any beginning
   * @returns whether the machine stood still
   */
  async readGuest(guestSeconds: () => Promise<number>): Promise<boolean> {
    const silence = this.#lastByte;
    const asked = this.#now();
    const seconds = await guestSeconds();
    const took = this.#now() - asked;
    const stood = took >= standstill;
    this.#powerOn ??= seconds;
    if (stood) {
      this.#leftOut += took;
      // A clock that is the host's went on.
      this.#powerOn += Math.min(seconds - (this.#read ?? seconds), took / 1000);
      this.hear();
    }
    this.#read = seconds;
    const total = seconds - this.#powerOn;
    if (silence === this.#lastByte) this.#silentSince ??= seconds;
    this.#guest = { total, silence: seconds - (this.#silentSince ?? seconds) };
    return stood;
  }
}
