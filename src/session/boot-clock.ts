import type { Limits } from '../scenario/scenario.ts';

/** Seconds since power-on, and seconds that the current silence of the console has lasted. */
type Lasting = { total: number; silence: number };

/** QEMU answers within milliseconds. If an answer takes this long, the machine was stopped. Host milliseconds. */
const standstill = 2000;

/** How long a boot and its silence have lasted, on the host's clock and on the guest's. */
export class BootClock {
  readonly #now: () => number;
  readonly #started: number;
  #lastByte = 0;
  #powerOn: number | undefined;
  #silentSince: number | undefined;
  /** The newest reading of the guest's clock. */
  #read: number | undefined;
  /** Host milliseconds in which the machine was stopped. */
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

  /** As of the newest reading of the guest's clock. */
  get guest(): Lasting {
    return this.#guest;
  }

  /** A byte arrived: a new silence begins. */
  hear(): void {
    this.#lastByte = this.elapsed;
    this.#silentSince = undefined;
    this.#guest = { ...this.#guest, silence: 0 };
  }

  /**
   * Reads the guest's clock, the first time at power-on. A byte that arrives meanwhile may be older or newer than the
   * reading, so the reading does not measure the silence then. If QEMU took seconds to answer, it was stopped (SIGSTOP, a
   * frozen container, a suspended host): that time is not counted, and a new silence begins.
   * @param guestSeconds reads a clock that may start anywhere
   * @returns whether the machine was stopped meanwhile
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
      // Where the guest uses the host's clock, that clock went on.
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

/** Stops a guest that floods its console before it fills the disk. Bytes. */
export const consoleLimit = 64 * 2 ** 20;

/** A guest that loops through faults makes its recording grow by 8 MB/s. Bytes. */
export const recordingLimit = 2 ** 30;

/**
 * Limits are guest time, bounded by host time from both sides. Where idle time is skipped, guest time runs fast while a
 * busy host delays the disk (a Debian that took 90 s on a quiet host was 600 s old after 150 s on a busy one), so a limit
 * also needs its share of host time. A guest that executes nothing does not age at all, so host time has a maximum, too.
 */
const leastHostShare = { silence: 1 / 4, total: 1 };
const mostHostShare = 3;

/** Factor on the silence limit while the silence is about to prove something: a busy host only makes proofs slow. */
const patience = 2;

/** What the limits of a boot are compared with. */
export type Progress = {
  /** Bytes of the console. */
  bytes: number;
  /** Bytes of the recording; 0 where there is none. */
  recorded: number;
  /** The silence is about to prove something, see the observer. */
  becomingCertain: boolean;
  host: Lasting;
  guest: Lasting;
};

/** The limit that a boot has passed, in words; undefined if it has not passed any. */
export function exceededLimit(
  { bytes, recorded, becomingCertain, host, guest }: Progress,
  { total, silence: usual }: Limits,
): string | undefined {
  const silence = usual * (becomingCertain ? patience : 1);
  if (bytes > consoleLimit) return `the console passed ${consoleLimit / 2 ** 20} MiB`;
  if (recorded > recordingLimit) return `the recording passed ${recordingLimit / 2 ** 20} MiB`;
  if (guest.silence > silence && host.silence > silence * leastHostShare.silence) {
    return `silent for ${silence} s of guest time`;
  }
  if (guest.total > total && host.total > total * leastHostShare.total) {
    return `no outcome within ${total} s of guest time`;
  }
  const longest = total * mostHostShare;
  return host.total > longest ? `no outcome within ${longest} s` : undefined;
}
