import { setTimeout as sleep } from 'node:timers/promises';
import type { BootObserver } from '../boot/observer.ts';
import type { TakenSample } from '../boot/sample-line.ts';
import type { Signal } from '../boot/signal.ts';
import type { CheckpointTaker } from '../checkpoint/taker.ts';
import { UnavailableError } from '../errors.ts';
import type { Machine, MachineExit } from '../qemu/machine.ts';
import type { Limits } from '../scenario/scenario.ts';
import { exceededLimit, GuestStopwatch } from './limits.ts';
import type { Conductor } from '../steps/conductor.ts';
import type { StageReading } from './stage-clock.ts';

/** Host milliseconds. None of these decides an outcome; they only say how often to look. */
const tick = 50;
const promptQuiet = 150;
const sampleQuiet = 250;
const graceQuiet = 300;
const longestGrace = 2000;

export type WatchHooks = {
  /** Every chunk, before anything looks at it. */
  onBytes(chunk: Uint8Array): void;
  onSignal(signal: Signal): void;
  onSample(taken: TakenSample): void;
  onReading(reading: StageReading): void;
  /** The watching is over and the machine still there, for as long as this takes. */
  onOver?(machine: Machine): Promise<void>;
};

type WatchProps = {
  limits: Limits;
  conductor: Conductor;
  /** What the console has shown already, where the machine starts from a checkpoint. */
  begun?: Uint8Array | undefined;
  taker?: CheckpointTaker | undefined;
};

/**
 * Drives one live boot: feeds the console to the observer, shows it the CPUs while the guest is silent, and
 * ends when the outcome is settled, QEMU has ended by itself, a limit is reached or `signal` fires. On return
 * the observer has been told the end (unless `signal` fired), QEMU is gone, and `onBytes` has seen every byte.
 * @throws UnavailableError when the host's disk failed the guest.
 */
export async function watchBoot(
  machine: Machine,
  observer: BootObserver,
  { limits, conductor, begun, taker }: WatchProps,
  hooks: WatchHooks,
  signal: AbortSignal,
): Promise<void> {
  const watch = new Watch(machine, observer, { conductor, taker }, hooks);
  const reading = watch.readConsole(begun);
  const acting = new AbortController();
  const until = watch.untilDone(limits, AbortSignal.any([signal, acting.signal]), signal);
  const stopped = await Promise.race([until, failureOf(reading)]).finally(() => {
    acting.abort();
  });
  watch.watching = watch.exit !== null;
  if (!watch.watching && !signal.aborted) await hooks.onOver?.(machine);
  await machine.stop();
  await reading;
  if (!signal.aborted) watch.conclude(stopped);
}

class Watch {
  /** While false, bytes are still recorded, but no longer looked at. */
  watching = true;
  exit: MachineExit | null = null;
  #bytes = 0;
  #lastByte = 0;
  readonly #started = performance.now();
  readonly #machine: Machine;
  readonly #observer: BootObserver;
  readonly #conductor: Conductor;
  readonly #taker: CheckpointTaker | undefined;
  readonly #hooks: WatchHooks;

  constructor(
    machine: Machine,
    observer: BootObserver,
    { conductor, taker }: Pick<WatchProps, 'conductor' | 'taker'>,
    hooks: WatchHooks,
  ) {
    this.#machine = machine;
    this.#observer = observer;
    this.#conductor = conductor;
    this.#taker = taker;
    this.#hooks = hooks;
    void machine.exited.then((exit) => (this.exit = exit));
  }

  async readConsole(begun: Uint8Array = new Uint8Array()): Promise<void> {
    this.#read(begun);
    for await (const chunk of this.#machine.console as AsyncIterable<Uint8Array>) this.#read(chunk);
  }

  #read(chunk: Uint8Array): void {
    this.#lastByte = this.#elapsed();
    this.#bytes += chunk.length;
    this.#hooks.onBytes(chunk);
    this.#conductor.onBytes(chunk);
    this.#taker?.onBytes(chunk);
    if (!this.watching) return;
    for (const line of afterEachNewline(chunk)) this.#tell(this.#observer.feed(line));
    this.#taker?.onPosition(this.#machine, this.#observer.position);
  }

  /**
   * Powers on, and watches while the conductor acts. Resolves with what ended it, if that was a limit or a step.
   * @param acting stops the conductor.
   */
  async untilDone(
    limits: Limits,
    acting: AbortSignal,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const guest = new GuestStopwatch((await this.#machine.sample()).guestSeconds);
    await this.#machine.continue();
    const steps = failureOf(this.#conductor.run(this.#machine, acting));
    let settledAt: number | undefined;
    while (this.exit === null && !signal.aborted) {
      await Promise.race([sleep(tick), this.#machine.exited, steps]);
      // A machine that stands still for its checkpoint is not silent.
      if (this.#taker?.busy === true) this.#lastByte = this.#elapsed();
      const now = this.#elapsed();
      const quiet = now - this.#lastByte;
      if (quiet >= promptQuiet) this.#tell(this.#observer.peek());
      if (this.#conductor.failed) return 'a step failed';
      if (this.#isDone()) {
        settledAt ??= now;
        if (quiet >= graceQuiet || now - settledAt >= longestGrace) return undefined;
      } else {
        settledAt = undefined;
        if (quiet >= sampleQuiet) await this.#lookInside(guest);
      }
      const silence = this.#conductor.busy ? 0 : quiet / 1000;
      const host = { total: now / 1000, silence };
      const { becomingCertain } = this.#observer;
      const progress = { bytes: this.#bytes, becomingCertain, host, guest };
      const exceeded = exceededLimit(progress, limits);
      if (exceeded !== undefined) return exceeded;
    }
    return undefined;
  }

  /** Whether the outcome stands: an end that a step may still turn into something else is none. */
  #isDone(): boolean {
    return this.#observer.over || (this.#observer.settled && !this.#conductor.pending);
  }

  /** Tells the observer how it ended, once no byte can come any more. */
  conclude(stopped: string | undefined): void {
    const silentMs = this.#elapsed() - this.#lastByte;
    if (!this.watching) {
      const detail = stopped === undefined ? {} : { detail: stopped };
      this.#tell(this.#observer.end({ reason: 'stopped', silentMs, ...detail }));
      return;
    }
    const { code = null, signal = null, reason = null, stderr = '' } = this.exit ?? {};
    if (reason?.startsWith('host-disk-error')) {
      throw new UnavailableError(`QEMU could not write the guest's disk: ${reason}`, {
        hint: 'Make room on the disk that holds the run directory, or choose another with --out.',
      });
    }
    const detail = [reason ?? `exit code ${String(code ?? signal)}`, stderr].filter(Boolean);
    this.#tell(this.#observer.end({ reason: 'qemu-exited', detail: detail.join(': ') }));
  }

  /** QEMU may end between two looks at it; that is for the loop to see, not an error. */
  async #lookInside(guest: GuestStopwatch): Promise<void> {
    const silentSince = this.#lastByte;
    try {
      const sample = await this.#machine.sample();
      this.#hooks.onSample({ sample, silentMs: Math.round(this.#elapsed() - silentSince) });
      this.#observer.sample(sample);
      guest.read(sample.guestSeconds, silentSince);
    } catch (error) {
      if (this.exit === null && !(error instanceof UnavailableError)) throw error;
    }
  }

  #tell(signals: Signal[]): void {
    const { generation, stage } = this.#observer.position;
    for (const seen of signals) {
      this.#hooks.onSignal(seen);
      this.#conductor.onSignal(seen, generation);
    }
    const clock = signals.findLast((seen) => seen.guestSeconds !== null)?.guestSeconds ?? null;
    const hostMs = this.#elapsed();
    this.#hooks.onReading({ generation, stage, hostMs, guestSeconds: clock });
  }

  #elapsed(): number {
    return performance.now() - this.#started;
  }
}

/** Settles only if `promise` fails, and then as it does. */
function failureOf(promise: Promise<unknown>): Promise<never> {
  return promise.then(() => new Promise<never>(() => {}));
}

function* afterEachNewline(chunk: Uint8Array): Generator<Uint8Array> {
  let from = 0;
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
    yield chunk.subarray(from, at + 1);
    from = at + 1;
  }
  if (from < chunk.length) yield chunk.subarray(from);
}
