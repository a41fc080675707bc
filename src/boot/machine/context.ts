import type { Signal } from '../../model/boot.ts';
import type { OutcomeId, Stage } from '../../model/vocabulary.ts';
import type { Meaning } from '../../signatures/signature.ts';
import type { Failure } from './failures.ts';
/** Everything the boot machine remembers. Never changed in place, and bounded: a console may go on for ever. */
export type BootContext = {
  stage: Stage;
  generation: number;
  /** How the kernel that is running came to run. */
  bornBy: 'power-on' | 'kexec' | 'reset';
  /** What has ended the running kernel already; null while it runs. */
  boundary: 'kexec' | 'reset' | null;
  /** Whether the running kernel has printed its version banner. */
  named: boolean;
  /** With an early console the log may be printed twice; the second time is no other kernel. */
  replay: 'impossible' | 'possible' | 'done';
  banner: Signal | null;
  /** Whether anything but the kernel has spoken in this generation. */
  programsSpoke: boolean;

  kexecAnnounced: Signal | null;
  /** Somebody's words that a kexec does not work. */
  kexecComplaint: Signal | null;
  /** A kexec that somebody has typed has failed. */
  typedInVain: boolean;
  kexecStarted: Signal | null;
  kexecLeft: Signal | null;
  /** Of a loader or an EFI stub: its last word before the kernel. */
  handedOver: Signal | null;
  /** The kernel's decompressor has run, so the jump went well. */
  decompressed: Signal | null;
  login: Signal | null;
  /** What says without a login prompt that the system is up, and a shell that may be all there is of a system. */
  up: Signal | null;
  bareShell: Signal | null;
  /** This kernel was started because the one before it had panicked. */
  crashKernel: Signal | null;
  poweredOff: Signal | null;
  /** The device systemd has waited for in vain. */
  timedOut: Signal | null;
  rescue: Signal | null;
  proofs: Signal[];
  /** The firmware and boot loaders that have announced themselves since the last kernel, or the last reset. */
  firmwareStarted: string[];
  firmwareFailed: Signal | null;

  /** Of the running kernel, in order. A warning is a failure only if the boot gets no further. */
  failures: Failure[];
  warnings: Failure[];
  /** What looked like trouble and was none: life went on. */
  survived: Failure[];
  /** Why an earlier kernel had to be reset. */
  carried: Failure[];
  /** That was a plain boot, and this one is its next try: if it comes up, the machine is as good as after power-on. */
  recovers: boolean;
  /** The panicked kernel starts its crash kernel. */
  crashes: boolean;
  /** The kernel that a kexec had started and a reset took away: what comes up instead is no success. */
  replaced: Signal | null;

  /** Resets since power-on or the last login, and the last words before each (the newest few). */
  resets: number;
  lastWords: Signal[];
  /** What began each kexec since power-on or the last reset (the newest few). */
  jumps: Signal[];
};

export const initialContext: BootContext = {
  stage: 'firmware',
  generation: 0,
  bornBy: 'power-on',
  boundary: null,
  named: false,
  replay: 'impossible',
  banner: null,
  programsSpoke: false,
  kexecAnnounced: null,
  kexecComplaint: null,
  typedInVain: false,
  kexecStarted: null,
  kexecLeft: null,
  handedOver: null,
  decompressed: null,
  login: null,
  up: null,
  bareShell: null,
  crashKernel: null,
  poweredOff: null,
  timedOut: null,
  rescue: null,
  proofs: [],
  firmwareStarted: [],
  firmwareFailed: null,
  failures: [],
  warnings: [],
  survived: [],
  carried: [],
  recovers: false,
  crashes: false,
  replaced: null,
  resets: 0,
  lastWords: [],
  jumps: [],
};

/** Whether the machine starts again and again without ever being of use. */
export function isLooping({ resets, jumps }: BootContext): boolean {
  return resets >= 3 || jumps.length >= 4;
}

/** How the boot machine's memory changes: one pure function per thing that can be noted. */
export type Update = (context: BootContext, event: SignalEvent) => Partial<BootContext>;
export type SignalEvent = Extract<BootEvent, { signal: unknown }>;

/** A console may go on for ever; what is remembered of it may not. */
export const longestList = 16;

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
