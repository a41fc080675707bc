import type { Signal } from '../model/boot.ts';
import type { EntropyTimes, BootPrice, StageTime } from '../model/result.ts';
import type { Stage } from '../model/vocabulary.ts';

/** One reading: where the boot stands, host milliseconds since power-on, and the kernel's own clock if it was seen. */
export type StageReading = {
  generation: number;
  stage: Stage;
  hostMs: number;
  guestSeconds: number | null;
};

/**
 * Turns readings, in order, into how long each stage took. A stage ends where the next begins, so the sum is
 * the whole boot. Guest time is what printk showed within one generation: its clock starts anew with every kernel.
 */
export function stageTimes(readings: StageReading[]): StageTime[] {
  const spans: { first: StageReading; last: StageReading; guest: number[] }[] = [];
  for (const reading of readings) {
    const open = spans.at(-1);
    const same =
      open?.first.stage === reading.stage && open.first.generation === reading.generation;
    const span = same ? open : { first: reading, last: reading, guest: [] };
    if (!same) spans.push(span);
    span.last = reading;
    if (reading.guestSeconds !== null) span.guest.push(reading.guestSeconds);
  }
  return spans.map((span, index) => {
    const next = spans[index + 1];
    const end = next?.first.hostMs ?? span.last.hostMs;
    const from = span.guest[0];
    const to = next?.first.generation === span.first.generation ? next.guest[0] : undefined;
    const until = to ?? span.guest.at(-1);
    return {
      name: span.first.stage,
      generation: span.first.generation,
      hostSeconds: round((end - span.first.hostMs) / 1000),
      guestSeconds: from === undefined || until === undefined ? null : toMicroseconds(until - from),
    };
  });
}

/** The kernel's clock tells no less, and that of a guest that counts instructions can be trusted in all of it. */
function toMicroseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

/** Adds the stages up; null where only one kernel ran, or none. */
export function bootPrice(stages: readonly StageTime[]): BootPrice | null {
  const last = Math.max(0, ...stages.map(({ generation }) => generation));
  if (last < 2) return null;
  const sum = (wanted: (generation: number) => boolean): number => {
    const seconds = stages.filter(({ generation }) => wanted(generation)).map((s) => s.hostSeconds);
    return Math.round(1000 * seconds.reduce((total, each) => total + each, 0)) / 1000;
  };
  return {
    beforeHandover: sum((generation) => generation < last),
    afterHandover: sum((generation) => generation === last),
  };
}

/** Collects from signals, in order, what each kernel says of its random numbers. */
export class EntropyClock {
  readonly #generations = new Map<number, EntropyTimes>();

  /** @param generation how many kernels had spoken when the signal was seen; firmware is none. */
  add({ signature, guestSeconds, captures }: Signal, generation: number): void {
    if (generation === 0) return;
    const known = this.#generations.get(generation);
    const times = known ?? { generation, crngReady: null, getrandom: null };
    this.#generations.set(generation, times);
    if (signature === 'crng-ready') times.crngReady ??= guestSeconds;
    if (signature !== 'getrandom-took') return;
    const { seconds } = captures;
    times.getrandom ??= seconds === undefined ? 'blocked' : Number(seconds);
  }

  /** One entry per kernel that has spoken, in their order. */
  times(): EntropyTimes[] {
    return [...this.#generations.values()];
  }
}
