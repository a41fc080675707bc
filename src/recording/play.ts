import { setTimeout as sleep } from 'node:timers/promises';
import type { ReplayEnding } from '../model/vocabulary.ts';
import type { Machine } from '../qemu/machine.ts';

/** How long to watch the silence after the last recorded byte, in host milliseconds. */
const watchedSilence = 1000;

/** How often to read the console, in host milliseconds: the more often, the less the machine overruns its stop point. */
const readEvery = 1;

/**
 * How often to check the machine's progress, in host milliseconds. Often, because a replayed machine that is
 * idle makes progress when QEMU's main loop wakes up.
 */
const lookEvery = 20;

export type Played = {
  ending: ReplayEnding;
  /** The last known number of executed instructions before the stop point. */
  before: number;
  /** Bytes on the console at the end, including those after the stop point. */
  shown: number;
};

type PlayedMachine = Pick<Machine, 'console' | 'continue' | 'pause' | 'execute'>;

type Hooks = {
  onBytes: (chunk: Uint8Array) => void;
  /** Pauses the machine once its console has shown this many bytes, and reads no further. */
  stopAfter: number;
  /** Called before it is paused. */
  onArrival?: () => Promise<void>;
  /** How long the machine may execute no instruction before it counts as stalled, in host milliseconds. */
  patience?: number;
};

/**
 * Replays a machine that was started from a recording, and compares its console with the recorded one meanwhile. A machine
 * that was stopped has run some milliseconds past the stop point.
 */
export async function play(
  machine: PlayedMachine,
  comparison: ConsoleComparison,
  { onBytes, stopAfter, onArrival, patience = 60_000 }: Hooks,
): Promise<Played> {
  const over = new AbortController();
  let [before, shown] = [0, 0];
  const arrived = (): boolean => comparison.bytes >= stopAfter;
  const take = (): boolean => {
    const chunk = machine.console.read();
    if (chunk.length === 0) return false;
    const wanted = chunk.subarray(0, stopAfter - comparison.bytes);
    shown += chunk.length;
    if (wanted.length > 0) onBytes(wanted);
    comparison.feed(wanted);
    return true;
  };
  const read = async (): Promise<ReplayEnding> => {
    let complete = Infinity;
    while (!machine.console.ended && performance.now() < complete) {
      if (!take()) await sleep(readEvery);
      if (over.signal.aborted) return 'stalled';
      if (arrived()) {
        await onArrival?.();
        await machine.pause();
        while (take());
        return 'stopped';
      }
      if (comparison.complete) complete = Math.min(complete, performance.now() + watchedSilence);
    }
    comparison.end();
    return 'played';
  };
  const look = (icount: number): void => {
    if (over.signal.aborted) return;
    // All output until then can be read now.
    take();
    if (!arrived()) before = icount;
  };
  const stalled = standstill(machine, patience, look, over.signal);
  await machine.continue();
  try {
    const ending = await Promise.race([read(), stalled]);
    return { ending, before, shown };
  } finally {
    over.abort();
  }
}

/** Resolves when the machine has executed nothing for too long; never if `over` is aborted first. */
async function standstill(
  machine: PlayedMachine,
  patience: number,
  onLook: (icount: number) => void,
  over: AbortSignal,
): Promise<ReplayEnding> {
  let before = -1;
  let since = performance.now();
  while (performance.now() - since < patience) {
    await sleep(lookEvery, undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) return new Promise<never>(() => {});
    const now = await executed(machine).catch(() => before);
    onLook(now);
    if (now !== before) since = performance.now();
    before = now;
  }
  return 'stalled';
}

/** How many instructions the machine has executed since power-on. */
export async function executed(machine: Pick<Machine, 'execute'>): Promise<number> {
  const { icount } = (await machine.execute('query-replay')) as { icount: number };
  return icount;
}

/** Compares the console of a replayed machine with the recorded one. */
export class ConsoleComparison {
  /** Bytes compared so far. */
  bytes = 0;
  /** Offset of the first byte that differs from the recording; null if none does. */
  differsAt: number | null = null;
  readonly #recorded: Uint8Array;

  constructor(recorded: Uint8Array) {
    this.#recorded = recorded;
  }

  feed(chunk: Uint8Array): void {
    const at = chunk.findIndex((byte, index) => byte !== this.#recorded[this.bytes + index]);
    if (at !== -1) this.differsAt ??= this.bytes + at;
    this.bytes += chunk.length;
  }

  /** Ends the comparison. Missing output counts as a difference. */
  end(): void {
    if (this.bytes < this.#recorded.length) this.differsAt ??= this.bytes;
  }

  /** Whether the console has shown as much as was recorded. */
  get complete(): boolean {
    return this.bytes >= this.#recorded.length;
  }

  /** The line of the first difference, 1-based; null if there is none. */
  get line(): number | null {
    if (this.differsAt === null) return null;
    return 1 + this.#recorded.subarray(0, this.differsAt).filter((byte) => byte === 10).length;
  }
}
