import type { Signal } from '../model/boot.ts';
import type { EntropyTimes } from '../model/result.ts';

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
