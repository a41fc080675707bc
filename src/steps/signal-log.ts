import type { Signal } from '../model/boot.ts';
import { signatures } from '../signatures/all.ts';
import type { Meaning, Signature } from '../signatures/signature.ts';

/** Caps buffered signals so that a noisy guest cannot exhaust memory. */
const kept = 10_000;

type Entry = Pick<Signal, 'signature' | 'captures'> & { generation: number };

/** What a kernel prints when it leaves, or the next one when it starts. */
const departureMeanings: (Meaning | null)[] = [
  'kexec-starts',
  'kexec-leaves',
  'reset',
  'kernel-starts',
];
const departures = new Set(idsOf(({ meaning }) => departureMeanings.includes(meaning)));

/** Whether a signal shows that the machine has left its system, or is about to. */
export function isDeparture({ signature }: Pick<Entry, 'signature'>): boolean {
  return departures.has(signature);
}

/** Signatures that show that a command can be run: a shell on the console; for ssh, a system that is up. */
export const readiness = {
  run: idsOf(({ shell }) => shell === true),
  ssh: idsOf(
    ({ meaning, shell }) => shell === true || meaning === 'login' || meaning === 'system-up',
  ),
};

function idsOf(accept: (signature: Signature) => boolean): string[] {
  return signatures.filter(accept).map(({ id }) => id);
}

/**
 * The signals of a boot, for steps that wait. A step sees only the signals after those that earlier steps waited for.
 */
export class SignalLog {
  /** The signals after the one that was waited for last. */
  #entries: Entry[] = [];
  #wake: (() => void)[] = [];
  /** The latest generation each signature was seen in. */
  readonly #latest = new Map<string, number>();

  add({ signature, captures }: Signal, generation: number): void {
    this.#entries.push({ signature, captures, generation });
    this.#latest.set(signature, generation);
    if (this.#entries.length > 2 * kept) this.#entries = this.#entries.slice(-kept);
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }

  /** Resolves when an entry matches. The next call continues after that entry. */
  async next(matches: (entry: Entry) => boolean, signal: AbortSignal): Promise<void> {
    for (;;) {
      const found = this.#entries.findIndex(matches);
      if (found !== -1) {
        this.#entries = this.#entries.slice(found + 1);
        return;
      }
      await this.#change(signal);
    }
  }

  /** Whether one of these signatures was seen in this generation, before or after any step. */
  hasSeen(signatures: Iterable<string>, generation: number): boolean {
    return [...signatures].some((signature) => this.#latest.get(signature) === generation);
  }

  /** Resolves when one of these signatures has been seen in this generation. */
  async seen(
    signatures: readonly string[],
    generation: number,
    signal: AbortSignal,
  ): Promise<void> {
    while (!this.hasSeen(signatures, generation)) await this.#change(signal);
  }

  /** Forgets the signals so far: the next call waits for later ones. */
  skip(): void {
    this.#entries = [];
  }

  async #change(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const stop = (): void => {
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#wake.push(() => {
        signal.removeEventListener('abort', stop);
        resolve();
      });
    });
  }
}
