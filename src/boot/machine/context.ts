import type { Signal } from '../../model/boot.ts';
import type { OutcomeId, Stage } from '../../model/vocabulary.ts';
import type { Meaning } from '../../signatures/signature.ts';
import type { Failure } from './failures.ts';

/** What is known of a boot. Immutable, and limited in size, since a console may be endless. */
export type BootContext = {
  stage: Stage;
  generation: number;
  /** How the running kernel was started. */
  bornBy: 'power-on' | 'kexec' | 'reset';
  /** What ended the newest kernel; null while it runs. */
  boundary: 'kexec' | 'reset' | null;
  /** Whether the running kernel has printed its version banner. */
  named: boolean;
  /** With an early console, a kernel may print its log twice. The second time is not another kernel. */
  replay: 'impossible' | 'possible' | 'done';
  banner: Signal | null;
  /** Whether a program has printed anything in this generation. */
  programsSpoke: boolean;

  kexecAnnounced: Signal | null;
  /** A message that a kexec does not work. */
  kexecComplaint: Signal | null;
  /** Whether a kexec failed that was typed at a prompt. */
  typedInVain: boolean;
  kexecStarted: Signal | null;
  kexecLeft: Signal | null;
  /** The last message of a boot loader or EFI stub before the kernel. */
  handedOver: Signal | null;
  /** The kernel's decompressor printed something, so the jump worked. */
  decompressed: Signal | null;
  login: Signal | null;
  /** A message other than a login prompt that shows that the system is up. */
  up: Signal | null;
  /** A shell prompt without a user or host name, which may be the whole system. */
  bareShell: Signal | null;
  /** A message that this kernel was started because the previous one had panicked. */
  crashKernel: Signal | null;
  poweredOff: Signal | null;
  /** What shows that the LPI tables of the previous kernel's GICv3 lie on this kernel. */
  lpiTable: Signal | null;
  /** The device that did not appear before systemd's timeout. */
  timedOut: Signal | null;
  rescue: Signal | null;
  proofs: Signal[];
  /** The line about the machine that this kernel's system printed, and that of the kernel before the kexec. */
  machine: Signal | null;
  machineBefore: Signal | null;
  /** Signatures of the firmware and boot loaders that started since the last kernel or reset. */
  firmwareStarted: string[];
  firmwareFailed: Signal | null;

  /** Of the running kernel, in order. A warning counts as a failure only if the boot gets no further. */
  failures: Failure[];
  warnings: Failure[];
  /** Problems after which the boot went on. */
  survived: Failure[];
  /** Why an earlier kernel had to be reset. */
  carried: Failure[];
  /** Whether this boot retries a plain boot that failed: if it comes up, the earlier failure does not count. */
  recovers: boolean;
  /** Why no crash kernel is loaded, the most specific first, with what explains it. */
  crashLoad: Failure[];
  /** The newest kernel that died and started its crash kernel. */
  crash: Crash | null;
  /**
   * The kernel that a kexec started, and the first sign of the reset that ended it: a system that comes up afterwards is not
   * a success.
   */
  replaced: { kernel: Signal; reset: Signal | null } | null;

  /** Resets since power-on or the last login. */
  resets: number;
  /** The last message before each of the newest few. */
  lastWords: Signal[];
  /** The first sign of each kexec since power-on or the last reset (the newest few). */
  jumps: Signal[];
};

/** A crash: a kernel died and its crash kernel was started. Known until the machine has come back and starts again. */
export type Crash = {
  /** The kernel that died. Its crash kernel is the next generation. */
  generation: number;
  /** What shows that the crash kernel was started. */
  start: Signal;
  /** Why the kernel died, the primary cause first. Empty if the console does not show it. */
  causes: Failure[];
  /** The last that is known of the dump. Null: nothing. */
  dump: { saved: boolean; signal: Signal } | null;
  /** Whether a later kernel has reached a login. */
  back: boolean;
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
  lpiTable: null,
  timedOut: null,
  rescue: null,
  proofs: [],
  machine: null,
  machineBefore: null,
  firmwareStarted: [],
  firmwareFailed: null,
  failures: [],
  warnings: [],
  survived: [],
  carried: [],
  recovers: false,
  crashLoad: [],
  crash: null,
  replaced: null,
  resets: 0,
  lastWords: [],
  jumps: [],
};

/** Whether the machine starts again and again without reaching a login. */
export function isLooping({ resets, jumps }: BootContext): boolean {
  return resets >= 3 || jumps.length >= 4;
}

/** An event of the boot machine. */
export type BootEvent =
  /**
   * A signature was recognised. `outcome`: the outcome that it may cause; `stage`: the stage that the text names, if any;
   * `words`: if an unknown program ended, the last line that it printed.
   */
  | {
      type: Meaning;
      signal: Signal;
      outcome?: OutcomeId | undefined;
      stage?: Stage | undefined;
      words?: Signal | null | undefined;
      /** Whether it answers a command that was typed. */
      typed?: boolean | undefined;
    }
  /** A message that only a kernel or its programs print, and not those of the kernel known so far. */
  | {
      type: 'kernel-evident';
      signal: Signal;
      outcome?: undefined;
      stage?: undefined;
      words?: undefined;
      typed?: undefined;
    }
  /** Enough was printed after a warning to show that the boot goes on. */
  | { type: 'life' }
  /** The console is no longer silent, whatever the CPU samples suggested. */
  | { type: 'console-speaks' }
  /** What the CPUs do during a silence, once it is certain. */
  | { type: 'cpu-stuck' | 'cpu-parked' | 'cpu-idle' | 'cpu-waiting' };

/** How an event changes what is known. Pure. */
export type Update = (context: BootContext, event: SignalEvent) => Partial<BootContext>;
export type SignalEvent = Extract<BootEvent, { signal: unknown }>;

/** Limits every list in the context, since a console may be endless. */
export const longestList = 16;
