import type { Place } from '../boot/observer.ts';
import type { Signal } from '../model/boot.ts';
import type { BootPrice, EntropyTimes, StageTime } from '../model/result.ts';
import type { Stage } from '../model/vocabulary.ts';
import { isOf } from '../signatures/all.ts';
import type { SessionListener, StageReading } from './listener.ts';

type Span = {
  generation: number;
  stage: Stage;
  /** Host milliseconds. */
  from: number;
  to: number;
  /** The first and the last reading of the kernel's own clock, in seconds. */
  firstGuest: number | null;
  lastGuest: number | null;
};

/**
 * Measures how long each stage takes. A stage ends where the next one begins, so the stages add up to the whole boot.
 * Guest time is what printk showed within one generation: its clock starts at zero with every kernel.
 */
export class StageClock implements SessionListener {
  readonly #spans: Span[] = [];

  onReading({ generation, stage, hostMs, guestSeconds }: StageReading): void {
    let span = this.#spans.at(-1);
    if (span?.stage !== stage || span.generation !== generation) {
      span = { generation, stage, from: hostMs, to: hostMs, firstGuest: null, lastGuest: null };
      this.#spans.push(span);
    }
    span.to = hostMs;
    span.firstGuest ??= guestSeconds;
    span.lastGuest = guestSeconds ?? span.lastGuest;
  }

  /** One entry per stage of each generation, in order. */
  times(): StageTime[] {
    return this.#spans.map((span, index) => {
      const { generation, stage, from, to, firstGuest, lastGuest } = span;
      const next = this.#spans[index + 1];
      const until = (next?.generation === generation ? next.firstGuest : null) ?? lastGuest;
      return {
        name: stage,
        generation,
        hostSeconds: round(((next?.from ?? to) - from) / 1000),
        guestSeconds:
          firstGuest === null || until === null ? null : toMicroseconds(until - firstGuest),
      };
    });
  }
}

/** The resolution of printk. A guest that counts instructions is as precise as that. */
function toMicroseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

/** Adds up the stages before and after the last kernel took over; null where fewer than two kernels ran. */
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

/** Collects when each kernel could provide random numbers. */
export class EntropyClock implements SessionListener {
  readonly #generations = new Map<number, EntropyTimes>();

  onSignal(signal: Signal, { generation }: Pick<Place, 'generation'>): void {
    const { guestSeconds, captures } = signal;
    // Firmware is not a kernel.
    if (generation === 0) return;
    const known = this.#generations.get(generation);
    const times = known ?? { generation, crngReady: null, getrandom: null };
    this.#generations.set(generation, times);
    if (isOf(signal, 'crng-ready')) times.crngReady ??= guestSeconds;
    if (!isOf(signal, 'getrandom-took')) return;
    const { seconds } = captures;
    times.getrandom ??= seconds === undefined ? 'blocked' : Number(seconds);
  }

  /** One entry per kernel that printed something, in order. */
  times(): EntropyTimes[] {
    return [...this.#generations.values()];
  }
}
