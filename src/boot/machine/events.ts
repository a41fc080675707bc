import type { Signal } from '../../model/boot.ts';
import type { OutcomeId, Stage } from '../../model/vocabulary.ts';
import type { Meaning } from '../../signatures/signature.ts';

/** What the boot machine is told. */
export type BootEvent =
  /**
   * A signature was seen. `outcome`: what it is a cause of; `stage`: where, if the text tells; `words`: the last line of
   * a program no signature knows, where the event is its end.
   */
  | {
      type: Meaning;
      signal: Signal;
      outcome?: OutcomeId | undefined;
      stage?: Stage | undefined;
      words?: Signal | null | undefined;
      /** It answers a command that somebody has typed. */
      typed?: boolean | undefined;
    }
  /** Words that only a kernel, or a kernel's programs, can have said; and it is not the one known so far. */
  | {
      type: 'kernel-evident';
      signal: Signal;
      outcome?: undefined;
      stage?: undefined;
      words?: undefined;
      typed?: undefined;
    }
  /** Enough came after a warning to show that life goes on. */
  | { type: 'life' }
  /** Whatever the CPUs were thought to do: the console is not silent any more. */
  | { type: 'console-speaks' }
  /** What the CPUs do during a silence, once that is certain. */
  | { type: 'cpu-stuck' | 'cpu-idle' | 'cpu-waiting' };
