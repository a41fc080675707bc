import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BootObserver } from '../boot/observer.ts';
import type { CheckpointTaker } from '../checkpoint/taker.ts';
import { UnavailableError } from '../errors.ts';
import type { Machine, MachineExit } from '../qemu/machine.ts';
import { QmpLost } from '../qemu/qmp.ts';
import type { Standstill } from '../qemu/standstill.ts';
import { describeStandstill, watchForStandstill } from '../qemu/watch-standstill.ts';
import type { Limits } from '../scenario/scenario.ts';
import type { Conductor } from '../steps/conductor.ts';
import { BootClock } from './boot-clock.ts';
import type { Listeners, WatchHooks } from './console-feed.ts';
import { ConsoleFeed } from './console-feed.ts';
import type { Progress } from './limits.ts';
import { exceededLimit } from './limits.ts';
import { MachineProbe } from './machine-probe.ts';
import { exitSoon, qemuTrouble } from './qemu-trouble.ts';

/** Host milliseconds. None of these decides an outcome; they only say how often to look. */
const tick = 5;
const clockQuiet = 10;
const promptQuiet = 150;
const sampleQuiet = 250;
const graceQuiet = 300;
const longestGrace = 2000;

/** How long QEMU's end may take to be seen when all that hangs on it has ended. Host milliseconds. */
const deathRattle = 500;

/** Guest seconds of silence that are as good as those: where idle time is skipped, they pass at once. */
const guestQuiet = 1;

type WatchProps = {
  limits: Limits;
  conductor: Conductor;
  /** What the console has shown already, where the machine starts from a checkpoint. */
  begun?: Uint8Array | undefined;
  taker?: CheckpointTaker | undefined;
  /** The file that grows while the machine is recorded. */
  recording?: string | undefined;
  /** Rejects when something else of the lab's fails that the machine needs, such as its provider's servers. */
  trouble?: Promise<never>;
};

const never = new Promise<never>(() => {});

/**
 * Drives one live boot: feeds the console to the observer, shows it the CPUs while the guest is silent, and
 * ends when the outcome is settled, QEMU has ended by itself, a limit is reached or `signal` fires. On return
 * the observer has been told the end (unless `signal` fired), QEMU is gone, and `onBytes` has seen every byte.
 * @throws UnavailableError when the lab's own side failed: QEMU was killed, crashed or stands still, the host's disk
 *   failed the guest, a step's tool could not be run, or `trouble` rejected.
 */
export async function watchBoot(
  machine: Machine,
  observer: BootObserver,
  { limits, conductor, begun, taker, recording, trouble = never }: WatchProps,
  hooks: WatchHooks,
  signal: AbortSignal,
): Promise<void> {
  const clock = new BootClock();
  const listeners = { observer, conductor, taker, clock, hooks };
  const watch = new Watch(machine, listeners, recording);
  const reading = watch.feed.read(begun);
  const acting = new AbortController();
  const steps = AbortSignal.any([signal, acting.signal]);
  const until = watch.untilDone(limits, steps, signal);
  // A recorded QEMU answers nothing for long and is none the worse for it (see keepAnswering).
  const standing = recording === undefined ? watch.standstill(steps) : never;
  const stopped = await Promise.race([until, standing, failureOf(reading), trouble])
    .finally(() => {
      acting.abort();
    })
    .catch(async (error: unknown) => {
      // What was asked of QEMU when it went has no better reason than that.
      if (!(error instanceof QmpLost) || (await exitSoon(machine)) === null) throw error;
      return undefined;
    });
  watch.feed.watching = watch.exit !== null;
  const answers = watch.exit === null && !(stopped instanceof UnavailableError);
  if (answers && !signal.aborted) await hooks.onOver?.(machine);
  const exit = await machine.stop();
  await reading;
  if (!signal.aborted) watch.conclude(stopped, exit);
}

/** What ended the watching: a limit or a step in words, or trouble with QEMU. */
type Stopped = string | UnavailableError | undefined;

class Watch {
  exit: MachineExit | null = null;
  readonly feed: ConsoleFeed;
  readonly #machine: Machine;
  readonly #listeners: Listeners;
  readonly #recording: string | undefined;
  readonly #probe: MachineProbe;

  constructor(machine: Machine, listeners: Listeners, recording: string | undefined) {
    this.feed = new ConsoleFeed(machine, listeners);
    this.#probe = new MachineProbe(machine, this.feed, listeners);
    this.#machine = machine;
    this.#listeners = listeners;
    this.#recording = recording;
    void machine.exited.then((exit) => (this.exit = exit));
  }

  /**
   * Powers on, and watches while the conductor acts. Resolves with what ended it, if that was a limit, a step or QEMU.
   * @param acting stops the conductor.
   */
  async untilDone(limits: Limits, acting: AbortSignal, signal: AbortSignal): Promise<Stopped> {
    const { conductor, observer, taker, clock } = this.#listeners;
    await this.#probe.readClock();
    // Told before the first byte can come: whether firmware is seen must not depend on who is faster.
    this.feed.tell([]);
    await this.#machine.continue();
    const steps = failureOf(conductor.run(this.#machine, acting));
    let settledAt: number | undefined;
    while (this.exit === null && !signal.aborted) {
      await Promise.race([sleep(tick), this.#machine.exited, steps]);
      this.feed.catchUp();
      // A machine that stands still for its checkpoint is not silent.
      if (taker?.busy === true) clock.hear();
      if (this.#mayBeWaiting()) await this.#probe.readClock();
      if (this.#quietFor(promptQuiet)) this.feed.tell(observer.peek());
      if (conductor.failed) {
        // A step may fail because QEMU is gone, which is no failure of its own.
        await exitSoon(this.#machine, deathRattle);
        return 'a step failed';
      }
      if (this.#isDone()) {
        settledAt ??= clock.elapsed;
        const graceIsOver = clock.elapsed - settledAt >= longestGrace;
        if (graceIsOver || this.#quietFor(graceQuiet)) return undefined;
      } else {
        settledAt = undefined;
        if (clock.quiet >= sampleQuiet) await this.#probe.lookInside();
      }
      const exceeded = exceededLimit(this.#progress(), limits);
      if (exceeded !== undefined) return exceeded;
    }
    return undefined;
  }

  /** Resolves with what is wrong with QEMU, once it stands still itself; never where it does not. */
  async standstill(signal: AbortSignal): Promise<UnavailableError> {
    const found = await watchForStandstill(this.#machine, { signal });
    return found === null ? never : troubleOf(found);
  }

  /**
   * Whether it would matter to know that the guest is idle. Where it does not, its clock is left alone: asked every few
   * milliseconds, QEMU made the boot of a 32-bit kernel 5 % slower.
   */
  #mayBeWaiting(): boolean {
    const { clock, observer } = this.#listeners;
    if (clock.quiet < clockQuiet) return false;
    return this.#isDone() || (observer.unfinished && clock.quiet < promptQuiet);
  }

  /** Whether the console has been silent for so long, or long enough by the guest's own clock. */
  #quietFor(hostMs: number): boolean {
    const { clock } = this.#listeners;
    return clock.quiet >= hostMs || clock.guest.silence > guestQuiet;
  }

  /** Whether the outcome stands: an end that a step may still turn into something else is none. */
  #isDone(): boolean {
    const { observer, conductor } = this.#listeners;
    return observer.over || (observer.settled && !conductor.pending);
  }

  #progress(): Progress {
    const { clock, conductor, observer } = this.#listeners;
    const { host, guest } = clock;
    const silence = conductor.busy ? 0 : host.silence;
    const { becomingCertain } = observer;
    const { bytes } = this.feed;
    const recorded = this.#recording === undefined ? 0 : sizeOf(this.#recording);
    return { bytes, recorded, becomingCertain, host: { ...host, silence }, guest };
  }

  /**
   * Tells the observer how it ended, once no byte can come any more.
   * @throws UnavailableError where QEMU ended for a reason of its own or the host's, or stands still
   */
  conclude(stopped: Stopped, exit: MachineExit): void {
    if (stopped instanceof UnavailableError) throw stopped;
    const { observer, clock } = this.#listeners;
    const trouble = qemuTrouble(exit);
    if (trouble !== null) throw trouble;
    if (!this.feed.watching) {
      const detail = stopped === undefined ? {} : { detail: stopped };
      this.feed.tell(observer.end({ reason: 'stopped', silentMs: clock.quiet, ...detail }));
      return;
    }
    const { code, signal, reason, stderr } = exit;
    const detail = [reason ?? `exit code ${String(code ?? signal)}`, stderr].filter(Boolean);
    this.feed.tell(observer.end({ reason: 'qemu-exited', detail: detail.join(': ') }));
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function troubleOf(standstill: Standstill): UnavailableError {
  const { message, hint } = describeStandstill(standstill);
  return new UnavailableError(message, { hint });
}

/** Settles only if `promise` fails, and then as it does. */
function failureOf(promise: Promise<unknown>): Promise<never> {
  return promise.then(() => never);
}
