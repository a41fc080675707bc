import type { CpuSample } from '../../model/boot.ts';
import type { CpuJudgement } from './cpu-sample.ts';
import { judgeCpu } from './cpu-sample.ts';

/**
 * An idle kernel may be waiting for a disk for half a minute of its own time, or for a busy host to answer. Only after
 * that its silence is a lost console.
 */
const longestWait = { guestSeconds: 30, hostMs: 6_000 };

/** The longest a boot menu counts down in silence (EDK2 takes its time from QEMU's splash-time, at most 65.5 s). */
const longestCountdown = { guestSeconds: 66, hostMs: 6_000 };

/** More samples than any judgement looks at: a minute of executed instructions, on a slow host. */
const keptSamples = 1000;

/** A silence of the console, as far as the CPUs were looked at during it. Immutable. */
export type Silence = {
  samples: readonly CpuSample[];
  /** Host milliseconds from the first sample on. */
  spanMs: number;
  /** The sample at which the CPUs were first judged idle or waiting, if they have been ever since. */
  idleSince: CpuSample | null;
  judgement: CpuJudgement | null;
  startedAt: number;
};

export const noSilence: Silence = {
  samples: [],
  spanMs: 0,
  idleSince: null,
  judgement: null,
  startedAt: 0,
};

/** The silence goes on, and here is one more look at the CPUs. */
export function lengthen(silence: Silence, sample: CpuSample): Silence {
  const samples = [...silence.samples.slice(1 - keptSamples), sample];
  const startedAt = silence.samples.length === 0 ? sample.at : silence.startedAt;
  const judgement = judgeCpu(samples);
  const { kind } = judgement;
  const same = silence.judgement?.kind === kind ? silence.idleSince : null;
  const idleSince = kind === 'idle' || kind === 'waiting' ? (same ?? sample) : null;
  return { samples, startedAt, spanMs: sample.at - startedAt, judgement, idleSince };
}

/** What is certain about the CPUs by now, if anything is. */
export function certainty({
  judgement,
  idleSince,
  samples,
}: Silence): 'stuck' | 'idle' | 'waiting' | null {
  if (judgement?.kind === 'stuck') return 'stuck';
  const now = samples.at(-1);
  if (idleSince === null || now === undefined) return null;
  const guestSeconds = now.guestSeconds - idleSince.guestSeconds;
  const hostMs = now.at - idleSince.at;
  const kind = judgement?.kind === 'idle' ? 'idle' : 'waiting';
  const longest = kind === 'idle' ? longestWait : longestCountdown;
  return guestSeconds >= longest.guestSeconds && hostMs >= longest.hostMs ? kind : null;
}

/**
 * Whether the newest look found CPUs at work on something new: they run, in a state they were not in before. A machine
 * that got stuck is not seen so for long; it goes round, and comes back to where it was.
 */
export function isGettingOn({ samples }: Silence): boolean {
  const now = samples.at(-1);
  if (now === undefined || now.asleep) return false;
  return !samples.slice(0, -1).some(({ registers }) => registers === now.registers);
}

/**
 * Whether going on may make something certain: the CPUs wait, or stand on one spot, only not for long enough yet. What
 * is certain already becomes no more so; a guest that is known to wait has no more patience coming than any other.
 */
export function isBecomingCertain(silence: Silence): boolean {
  const { judgement, idleSince } = silence;
  if (certainty(silence) !== null) return false;
  return idleSince !== null || judgement?.kind === 'insufficient';
}
