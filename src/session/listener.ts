import type { TakenSample } from '../boot/cpu/cpu-sample.ts';
import type { Place } from '../boot/observer.ts';
import type { ConsoleLine } from '../console/lines.ts';
import type { Signal } from '../model/boot.ts';

/** Where the boot stands after a line. */
export type StageReading = Pick<Place, 'generation' | 'stage'> & {
  /** Host milliseconds since power-on. */
  hostMs: number;
  /** The kernel's own clock; null if the line does not show it. */
  guestSeconds: number | null;
};

/**
 * Listens to a boot. A session calls its listeners synchronously and in order, so what an earlier one has written is
 * safe before a later one acts on it. An error that a listener throws ends the boot.
 */
export type SessionListener = {
  /** Every chunk of the console, before its lines are recognised. */
  onBytes?(chunk: Uint8Array): void;
  /** A complete line, cleaned of control characters; the last line may lack its newline. */
  onLine?(line: ConsoleLine): void;
  /** A signature was recognised. `place` is where the boot stands after that line. */
  onSignal?(signal: Signal, place: Place): void;
  /** Once before power-on, then after every line. */
  onReading?(reading: StageReading): void;
  /** After every chunk: where the boot stands with all that has been read. */
  onPlace?(place: Place): void;
  /** The CPUs were sampled during a silence. */
  onSample?(taken: TakenSample): void;
  /** The outcome is settled: whatever acts on the machine stops. The machine may still run, and print. */
  onEnd?(): void;
};
