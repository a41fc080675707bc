import { statSync } from 'node:fs';
import type { BootObserver } from '../boot/observer.ts';
import type { CheckpointTaker } from '../checkpoint/begin-boot.ts';
import type { Limits } from '../scenario/scenario.ts';
import type { Conductor } from '../steps/conductor.ts';
import type { BootClock, Progress } from './boot-clock.ts';
import { exceededLimit } from './boot-clock.ts';
import type { ConsoleRelay } from './console-relay.ts';
import type { MachineProbe } from './machine-probe.ts';

/** Host milliseconds of silence. None of these decides an outcome; they only say how often to look. */
const clockQuiet = 10;
const promptQuiet = 150;
const sampleQuiet = 250;
const graceQuiet = 300;
const longestGrace = 2000;

/**
 * When to look for a panic in the memory of a machine that has been silent since a kexec, in seconds of silence on the host's
 * clock. A kernel that has panicked keeps spinning, and its CPU samples look like work; those of any other dead machine have
 * proved it dead by then. The delay decides nothing.
 */
const examineAfter = [10, 30];

/** Guest seconds of silence that count as much as those: where idle time is skipped, they pass at once. */
const guestQuiet = 1;

type Props = {
  limits: Limits;
  conductor: Conductor;
  taker?: CheckpointTaker | undefined;
  /** The file that grows while the machine is recorded. */
  recording?: string | undefined;
  /** Whether the machine's memory proves that its second kernel is dead. Takes a second. Left out: not to be read. */
  examine?: (() => Promise<boolean>) | undefined;
  /** Ends the session; `by` is the limit that was passed. */
  end: (by?: string) => void;
};

/** Decides after each reading of the console whether to examine the machine, and whether the boot is over. */
export class SilenceWatch {
  readonly #relay: ConsoleRelay;
  readonly #observer: BootObserver;
  readonly #clock: BootClock;
  readonly #probe: MachineProbe;
  readonly #props: Props;
  #settledAt: number | undefined;
  #examined = 0;

  constructor(relay: ConsoleRelay, clock: BootClock, probe: MachineProbe, props: Props) {
    this.#relay = relay;
    this.#observer = relay.observer;
    this.#clock = clock;
    this.#probe = probe;
    this.#props = props;
  }

  /** @throws QmpLost when QEMU is there and does not answer */
  async look(): Promise<void> {
    const { taker, limits, end } = this.#props;
    const clock = this.#clock;
    // A machine that is paused for its checkpoint is not silent.
    if (taker?.busy === true) clock.hear();
    if (this.#mayBeWaiting()) await this.#probe.readClock();
    if (this.#quietFor(promptQuiet)) this.#relay.tell(this.#observer.peek());
    if (this.#isDone()) {
      this.#settledAt ??= clock.elapsed;
      const graceIsOver = clock.elapsed - this.#settledAt >= longestGrace;
      if (graceIsOver || this.#quietFor(graceQuiet)) {
        end();
        return;
      }
    } else {
      this.#settledAt = undefined;
      if (clock.quiet >= sampleQuiet) await this.#probe.lookInside();
      if (await this.#isProvedDead()) {
        end("the machine's memory shows a panic");
        return;
      }
    }
    const exceeded = exceededLimit(this.#progress(), limits);
    if (exceeded !== undefined) end(exceeded);
  }

  /**
   * Whether it matters to know that the guest is idle. Otherwise its clock is not read: asked every few milliseconds,
   * QEMU made the boot of a 32-bit kernel 5 % slower.
   */
  #mayBeWaiting(): boolean {
    const { quiet } = this.#clock;
    if (quiet < clockQuiet) return false;
    return this.#isDone() || (this.#observer.unfinished && quiet < promptQuiet);
  }

  /** Whether the console has been silent for so long, or long enough by the guest's own clock. */
  #quietFor(hostMs: number): boolean {
    return this.#clock.quiet >= hostMs || this.#clock.guest.silence > guestQuiet;
  }

  /** Whether the outcome is final. It is not while a step is pending that may still change it. */
  #isDone(): boolean {
    return this.#observer.over || (this.#observer.settled && !this.#props.conductor.pending);
  }

  /** Reads the machine's memory at most twice in a boot. */
  async #isProvedDead(): Promise<boolean> {
    const { examine, recording } = this.#props;
    const after = examineAfter[this.#examined];
    if (examine === undefined || recording !== undefined || after === undefined) return false;
    const isLong = this.#clock.host.silence > after;
    if (!isLong || this.#observer.position.stage !== 'kexec') return false;
    this.#examined += 1;
    return examine();
  }

  #progress(): Progress {
    const { conductor, recording } = this.#props;
    const { host, guest } = this.#clock;
    const silence = conductor.busy ? 0 : host.silence;
    const { becomingCertain } = this.#observer;
    const recorded = recording === undefined ? 0 : sizeOf(recording);
    return {
      bytes: this.#relay.bytes,
      recorded,
      becomingCertain,
      host: { ...host, silence },
      guest,
    };
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
