import type { Signal } from '../model/boot.ts';
import type { OutcomeId, Stage } from '../model/vocabulary.ts';
import type { BootContext, Failure } from './context.ts';
import type { MachineFacts } from './machine-facts.ts';
import type { Silence } from './silence.ts';

/** How the watching ended. `log-ended` says nothing about the machine but that no more was recorded. */
export type End = {
  reason: 'log-ended' | 'qemu-exited' | 'stopped';
  /** QEMU's own words, or why the watching was stopped. */
  detail?: string;
  /** How long the console had been silent, in host milliseconds. */
  silentMs?: number;
};

/** All there is to decide on. */
export type Standing = {
  /** Where the boot machine stands, as `stage.state`. */
  state: string;
  context: BootContext;
  bytesSeen: boolean;
  machine: MachineFacts;
  silence: Silence;
  end: End | null;
};

/** What became of the boot, before it is put into words. The cause comes first in `because`. */
export type Decision = {
  id: OutcomeId;
  generation: number;
  stage: Stage;
  because: Signal[];
  /** The version banner of the kernel it is about. */
  banner: Signal | null;
  /** Whether the CPU samples and the silence are part of the proof. */
  byCpu: boolean;
  /** What looked like trouble and was none. */
  aside?: Signal[];
  /** No line says it: the console ends there. */
  bySilence?: true;
};

/** A warning after which nothing came. */
export function byWarning(cause: Failure, others: Failure[], login: Signal | null): Decision {
  return { ...byFailure(cause, others, login), bySilence: true };
}

export function byFailure(cause: Failure, others: Failure[], login: Signal | null): Decision {
  const { outcome: id, generation, stage, banner } = cause;
  const because = known([...[cause, ...others].map(({ signal }) => signal), login]);
  return { id, generation, stage, because, banner, byCpu: false };
}

export function isOfFirmware({ outcome }: Failure): boolean {
  return outcome === 'firmware-stuck';
}

/** Why an initramfs may offer a shell. */
export function isRootTrouble({ outcome }: Failure): boolean {
  return outcome === 'root-missing' || outcome === 'root-mount-failed' || outcome === 'no-init';
}

export function known(signals: (Signal | null)[]): Signal[] {
  return signals.filter((signal) => signal !== null);
}
