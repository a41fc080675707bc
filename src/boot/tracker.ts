import { initialTransition, transition } from 'xstate';
import type { BootContext } from './context.ts';
import type { BootEvent } from './events.ts';
import { bootMachine } from './machine.ts';
import type { ClockReading, Recognised, Sighting } from './recogniser.ts';
import type { Meaning } from './signatures/signature.ts';

/** A clock that falls back by more than this belongs to another kernel: CPUs differ by less. Seconds. */
const clockTolerance = 1;

/** Runs the boot machine on what the recogniser finds. */
export class BootTracker {
  #snapshot = initialTransition(bootMachine)[0];
  /** The newest printk time of the running kernel, in seconds. */
  #clock = 0;
  #state = 'firmware.silent';
  #lastSaid = '';

  get context(): BootContext {
    return this.#snapshot.context;
  }

  /** The state as `stage.state`. */
  get state(): string {
    return this.#state;
  }

  send(event: BootEvent): void {
    [this.#snapshot] = transition(bootMachine, this.#snapshot, event);
    this.#lastSaid = '';
    this.#state = Object.entries(this.#snapshot.value)
      .map((path) => path.join('.'))
      .join();
  }

  take({ sightings, clock }: Recognised): void {
    const starts = sightings.some(({ signature: { meaning } }) => meaning === 'kernel-starts');
    if (clock !== null && !starts) this.#readClock(clock);
    for (const sighting of sightings) this.#tell(sighting);
  }

  #tell({ signature: { meaning, origin, outcome, stage }, signal }: Sighting): void {
    if (meaning === null) return;
    if (meaning === 'kernel-starts' || meaning === 'kernel-names-itself') {
      this.#clock = signal.guestSeconds ?? 0;
    } else if (origin !== 'firmware' && this.context.generation === 0) {
      this.send({ type: 'kernel-evident', signal });
    }
    if (!this.#isNews(meaning, signal.signature)) return;
    this.send({ type: meaning, signal, outcome, stage });
    this.#lastSaid = signal.signature;
  }

  /** Chatty programs say a lot; the machine only needs to hear it when something could change. */
  #isNews(meaning: Meaning, said: string): boolean {
    const { programsSpoke, warnings } = this.context;
    if (said === this.#lastSaid && !meaning.endsWith('-starts')) return false;
    if (meaning === 'firmware-speaks') return this.#state !== 'firmware.booting';
    if (!programsSpoke || warnings.length > 0) return true;
    if (meaning === 'initramfs-speaks') return !/^(initramfs|userspace)\./.test(this.#state);
    return meaning !== 'userspace-speaks' || !this.#state.startsWith('userspace.');
  }

  /** Kernels that were told to be quiet give themselves away by their clock. */
  #readClock({ seconds, text, line }: ClockReading): void {
    const { generation, boundary } = this.context;
    const fellBack = this.#clock - seconds > clockTolerance;
    const anew = fellBack && (boundary !== null || seconds < clockTolerance);
    if (generation === 0 || anew) {
      const signal = { signature: 'printk', line, text, captures: {}, guestSeconds: seconds };
      this.send({ type: 'kernel-evident', signal });
    }
    this.#clock = seconds;
  }
}
