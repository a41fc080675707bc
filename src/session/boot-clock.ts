import type { Limits } from '../scenario/scenario.ts';
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

/** A guest that floods its console is stopped here: nobody reads more, and disks are finite. Bytes. */
export const consoleLimit = 64 * 2 ** 20;

/** A guest that goes from fault to fault fills a recording with 8 MB/s. Bytes. */
export const recordingLimit = 2 ** 30;

/**
 * Limits are guest time. Host time bounds them from both sides: a guest whose disk is slow, because the host is busy,
 * ages fast (idle time is skipped: a Debian that took 90 s on a quiet host was 600 s old after 150 s on a busy one), so a
 * limit also needs its share of host time; and a guest that executes nothing does not age at all, so there is a longest
 * time on the wall.
 */
const leastHostShare = { silence: 1 / 4, total: 1 };
const mostHostShare = 3;

/** A silence that is about to prove something may last so many times as long: a busy host only makes proofs slow. */
const patience = 2;

/** How far a boot has come, on both clocks. */
export type Progress = {
  /** Of the console. */
  bytes: number;
  /** Of the recording; 0 where there is none. */
  recorded: number;
  /** The silence is about to prove something, see the observer. */
  becomingCertain: boolean;
  host: Lasting;
  guest: Lasting;
};

/** Which limit a boot has passed, in words; undefined while there is none. */
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
