import type { TakenSample } from '../boot/cpu/cpu-sample.ts';
import type { Place } from '../boot/observer.ts';
import type { ConsoleLine } from '../console/lines.ts';
import type { Signal } from '../model/boot.ts';

/** The generation and stage of the boot after a line, with the time on both clocks. */
export type StageReading = Pick<Place, 'generation' | 'stage'> & {
  /** Host milliseconds since power-on. */
  hostMs: number;
  /** The kernel's own clock; null if the line does not show it. */
  guestSeconds: number | null;
};

/**
 * Listens to a boot. A session calls its listeners synchronously and in order, so what an earlier listener has written is
 * on disk before a later one acts on it. An error that a listener throws ends the boot.
 */
export type SessionListener = {
  /** Every chunk of the console, before its lines are recognised. */
  onBytes?(chunk: Uint8Array): void;
  /** A complete line, cleaned of control characters; the last line may lack its newline. */
  onLine?(line: ConsoleLine): void;
  /** A signature was recognised. `place` is the line, with the generation and stage after it. */
  onSignal?(signal: Signal, place: Place): void;
  /** Once before power-on, then after every line. */
  onReading?(reading: StageReading): void;
  /** After every chunk: the generation, stage and line after all that has been read. */
  onPlace?(place: Place): void;
  /** The CPUs were sampled during a silence. */
  onSample?(taken: TakenSample): void;
  /** The session ends: listeners stop acting on the machine. It may still run and print. */
  onEnd?(): void;
};
