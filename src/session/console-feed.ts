import type { TakenSample } from '../boot/cpu/cpu-sample.ts';
import type { BootObserver } from '../boot/observer.ts';
import type { CheckpointTaker } from '../checkpoint/taker.ts';
import type { Signal } from '../model/boot.ts';
import type { Machine } from '../qemu/machine.ts';
import type { Conductor } from '../steps/conductor.ts';
import type { BootClock } from './boot-clock.ts';
import type { StageReading } from './boot-times.ts';

export type WatchHooks = {
  /** Every chunk, before anything looks at it. */
  onBytes(chunk: Uint8Array): void;
  /** @param generation how many kernels had spoken by then */
  onSignal(signal: Signal, generation: number): void;
  onSample(taken: TakenSample): void;
  onReading(reading: StageReading): void;
  /** The watching is over and the machine still there, for as long as this takes. */
  onOver?(machine: Machine): Promise<void>;
};

/** Callbacks for a running case, as things happen. */
export type BootHooks = Pick<WatchHooks, 'onSignal' | 'onReading'> & {
  /** A finished line of the console, cleaned of control characters. */
  onLine(line: number, text: string): void;
};

/** All who listen to a boot. */
export type Listeners = {
  observer: BootObserver;
  conductor: Conductor;
  taker?: CheckpointTaker | undefined;
  clock: BootClock;
  hooks: WatchHooks;
};

/** Passes on what a console shows to all who listen, and what the observer makes of it. */
export class ConsoleFeed {
  /** While false, bytes are still recorded, but no longer looked at. */
  watching = true;
  bytes = 0;
  readonly #machine: Machine;
  readonly #listeners: Listeners;

  constructor(machine: Machine, listeners: Listeners) {
    this.#machine = machine;
    this.#listeners = listeners;
  }

  /**
   * Reads the machine's console to its end.
   * @param begun what it has shown already, where the machine starts from a checkpoint
   */
  async read(begun: Uint8Array = new Uint8Array()): Promise<void> {
    this.#pass(begun);
    for await (const chunk of this.#machine.console) this.#pass(chunk);
  }

  /** Passes on what the guest has written by now: what was just learned of the machine comes after that. */
  catchUp(): void {
    this.#pass(this.#machine.console.read());
  }

  #pass(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    const machine = this.#machine;
    const { observer, conductor, taker, clock, hooks } = this.#listeners;
    clock.hear();
    this.bytes += chunk.length;
    hooks.onBytes(chunk);
    conductor.onBytes(chunk);
    taker?.onBytes(chunk);
    if (!this.watching) return;
    for (const line of afterEachNewline(chunk)) this.tell(observer.feed(line));
    taker?.onPosition(machine, observer.position);
  }

  tell(signals: Signal[]): void {
    const { observer, conductor, clock, hooks } = this.#listeners;
    const { generation, stage } = observer.position;
    for (const seen of signals) {
      hooks.onSignal(seen, generation);
      conductor.onSignal(seen, generation);
    }
    const guestSeconds = signals.findLast((seen) => seen.guestSeconds !== null)?.guestSeconds;
    hooks.onReading({
      generation,
      stage,
      hostMs: clock.elapsed,
      guestSeconds: guestSeconds ?? null,
    });
  }
}

function* afterEachNewline(chunk: Uint8Array): Generator<Uint8Array> {
  let from = 0;
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
    yield chunk.subarray(from, at + 1);
    from = at + 1;
  }
  if (from < chunk.length) yield chunk.subarray(from);
}
