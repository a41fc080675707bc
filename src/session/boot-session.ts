import type { BootObserver } from '../boot/observer.ts';
import type { CheckpointTaker } from '../checkpoint/begin-boot.ts';
import { UnavailableError } from '../errors.ts';
import type { Machine, MachineExit } from '../qemu/machine.ts';
import { QmpLost } from '../qemu/qmp.ts';
import { describeStandstill, watchForStandstill } from '../qemu/standstill.ts';
import type { Limits } from '../scenario/scenario.ts';
import type { Conductor } from '../steps/conductor.ts';
import { BootClock } from './boot-clock.ts';
import { ConsoleRelay } from './console-relay.ts';
import type { SessionListener } from './listeners.ts';
import { MachineProbe, exitSoon, qemuTrouble } from './machine-probe.ts';
import { SilenceWatch } from './silence-watch.ts';

/** How long QEMU may take to exit after something that depends on it has failed. Host milliseconds. */
const exitDelay = 500;

type Props = {
  limits: Limits;
  /** The generation whose login prompt ends the boot. Default: the first. */
  awaitGeneration?: number;
  conductor: Conductor;
  /** What the console has shown already, if the machine starts from a checkpoint. */
  begun?: Uint8Array | undefined;
  taker?: CheckpointTaker | undefined;
  /** The file that grows while the machine is recorded. */
  recording?: string | undefined;
  /** Whether the machine's memory proves that its second kernel is dead, see `SilenceWatch`. */
  examine?: (() => Promise<boolean>) | undefined;
  /** Rejects when something else that the lab runs for the machine fails, such as its provider's servers. */
  trouble?: Promise<never> | undefined;
  /** Called before the conductor and the taker. The recorder comes first: the console is evidence. */
  listeners: readonly SessionListener[];
  /** Fires when the user wants to stop: ends the session without an outcome. */
  signal: AbortSignal;
};

/**
 * One live boot, from power-on to its end. Call `watch`, then `end`; call `close` whatever happens.
 *
 * One loop reads the console every few milliseconds. `ConsoleRelay` passes each chunk on to the listeners and to the
 * observer; then `SilenceWatch` decides whether to examine the machine, and whether the boot is over.
 */
export class BootSession {
  readonly #machine: Machine;
  readonly #props: Props;
  /** In the order in which they are called. */
  readonly #listeners: readonly SessionListener[];
  readonly #relay: ConsoleRelay;
  readonly #clock = new BootClock();
  readonly #probe: MachineProbe;
  readonly #silenceWatch: SilenceWatch;
  readonly #ending = createEnding();
  #exit: MachineExit | null = null;
  #poweredOn = false;
  #reading: Promise<void> = Promise.resolve();
  /** The look at the machine that is under way, if any. */
  #look: Promise<void> | null = null;
  /** The limit or the step that ended the boot. */
  #endedBy: string | undefined;

  constructor(machine: Machine, props: Props) {
    const { awaitGeneration = 1, conductor, taker, listeners } = props;
    this.#machine = machine;
    this.#props = props;
    this.#listeners = [...listeners, conductor, ...(taker === undefined ? [] : [taker])];
    const relay = new ConsoleRelay(this.#listeners, this.#clock, awaitGeneration);
    this.#relay = relay;
    this.#probe = new MachineProbe(machine, this.#clock, relay.observer, {
      catchUp: () => {
        relay.take(machine.console.read());
      },
      onSample: (taken) => {
        for (const listener of this.#listeners) listener.onSample?.(taken);
      },
    });
    const { end } = this.#ending;
    this.#silenceWatch = new SilenceWatch(relay, this.#clock, this.#probe, { ...props, end });
    void machine.exited.then((exit) => {
      this.#exit = exit;
      this.#ending.end();
    });
  }

  get observer(): BootObserver {
    return this.#relay.observer;
  }

  /**
   * Powers on, and watches until the outcome is settled, QEMU has ended by itself, a limit is reached, a step fails or
   * `signal` fires.
   * @returns whether QEMU still runs, so that the machine can be examined
   * @throws UnavailableError when the lab failed: QEMU stands still or does not answer, a step's tool could not be run,
   *   a record could not be written, or `trouble` rejected
   */
  async watch(): Promise<boolean> {
    const { trouble, signal } = this.#props;
    const over = new AbortController();
    const abort = (): void => {
      this.#ending.end();
    };
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    trouble?.catch(this.#ending.fail);
    this.#reading = this.#read();
    this.#reading.catch(this.#ending.fail);
    this.#powerOn(over.signal).catch(this.#ending.fail);
    try {
      this.#endedBy = await this.#ending.ended;
    } catch (error) {
      // If QEMU has exited, that explains why it did not answer.
      if (!(error instanceof QmpLost) || (await exitSoon(this.#machine)) === null) throw error;
    } finally {
      signal.removeEventListener('abort', abort);
      over.abort();
      for (const listener of this.#listeners) listener.onEnd?.();
      this.#relay.recognises = this.#exit !== null;
    }
    return this.#exit === null && !signal.aborted;
  }

  /**
   * Stops QEMU, reads the rest of its output, and tells the observer how the boot ended, unless the user stopped it.
   * @throws UnavailableError when QEMU ended because of an error of its own or of the host
   */
  async end(): Promise<void> {
    const exit = await this.#machine.stop();
    await this.#reading;
    await this.#look;
    if (this.#props.signal.aborted) return;
    const trouble = qemuTrouble(exit);
    if (trouble !== null) throw trouble;
    if (this.#relay.recognises) {
      const { code, signal, reason, stderr } = exit;
      const detail = [reason ?? `exit code ${String(code ?? signal)}`, stderr].filter(Boolean);
      this.#relay.tell(this.observer.end({ reason: 'qemu-exited', detail: detail.join(': ') }));
    } else {
      const detail = this.#endedBy === undefined ? {} : { detail: this.#endedBy };
      const silentMs = this.#clock.quiet;
      this.#relay.tell(this.observer.end({ reason: 'stopped', silentMs, ...detail }));
    }
  }

  /** Stops QEMU, and passes on the rest of its output. May be called at any time, and more than once. */
  async close(): Promise<void> {
    await this.#machine.stop();
    // An error of the reading has ended the session already.
    await this.#reading.catch(() => undefined);
    await this.#look;
    await this.#props.taker?.settled();
    this.#relay.close();
  }

  async #powerOn(over: AbortSignal): Promise<void> {
    const { conductor, recording } = this.#props;
    await this.#probe.readClock();
    // Before the first byte can arrive: whether a firmware stage is reported must not depend on how fast it arrives.
    this.#relay.tell([]);
    await this.#machine.continue();
    conductor.run(this.#machine).then(async () => {
      if (!conductor.failed) return;
      // A step may fail because QEMU has exited. Then the boot ends with QEMU's exit.
      await exitSoon(this.#machine, exitDelay);
      this.#ending.end('a step failed');
    }, this.#ending.fail);
    // While it records, QEMU may not answer for a long time although nothing is wrong with it (see keepAnswering).
    if (recording === undefined) {
      watchForStandstill(this.#machine, { signal: over }).then((found) => {
        if (found === null) return;
        const { message, hint } = describeStandstill(found);
        this.#ending.fail(new UnavailableError(message, { hint }));
      }, this.#ending.fail);
    }
    this.#poweredOn = true;
  }

  /** Reads the console to its end, and looks at the machine after each reading. */
  async #read(): Promise<void> {
    this.#relay.take(this.#props.begun ?? new Uint8Array());
    for await (const chunk of this.#machine.console) {
      this.#relay.take(chunk);
      this.#lookUnlessBusy();
    }
  }

  /** Does nothing while a look is under way: QEMU may take long to answer, and the console is read meanwhile. */
  #lookUnlessBusy(): void {
    if (!this.#poweredOn || this.#look !== null || this.#ending.isOver) return;
    this.#look = this.#silenceWatch
      .look()
      .catch(this.#ending.fail)
      .finally(() => (this.#look = null));
  }
}

type Ending = {
  /** Resolves with the limit or the step that ended the session, if either did; rejects with the lab's error. */
  ended: Promise<string | undefined>;
  readonly isOver: boolean;
  /** The first call of `end` or `fail` decides; later calls have no effect. */
  end: (by?: string) => void;
  fail: (error: unknown) => void;
};

function createEnding(): Ending {
  let isOver = false;
  let end: (by?: string) => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const ended = new Promise<string | undefined>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  const over = (): void => {
    isOver = true;
  };
  ended.then(over, over);
  return {
    ended,
    get isOver() {
      return isOver;
    },
    end,
    fail,
  };
}
