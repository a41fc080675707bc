import type { CpuSample, SampleLine } from '../../model/boot.ts';
import type { CpuJudgement } from './cpu-sample.ts';
import { judgeCpu } from './cpu-sample.ts';

/**
 * An idle kernel may wait half a minute of guest time for a disk, or for a busy host to answer. Only after that does its
 * silence mean a lost console.
 */
const longestWait = { guestSeconds: 30, hostMs: 6_000 };

/** The longest silent countdown of a boot menu (EDK2 uses QEMU's splash-time, at most 65.5 s). */
const longestCountdown = { guestSeconds: 66, hostMs: 6_000 };

/** More samples than any judgement uses: a minute of executed instructions on a slow host. */
const keptSamples = 1000;

/** A silence of the console, and the CPU samples taken during it. Immutable. */
export type Silence = {
  samples: readonly CpuSample[];
  /** Host milliseconds from the first sample on. */
  spanMs: number;
  /** The first sample since which the CPUs have always been judged idle, or always waiting. */
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

/** Adds a sample to the silence. */
export function lengthen(silence: Silence, sample: CpuSample): Silence {
  const samples = [...silence.samples.slice(1 - keptSamples), sample];
  const startedAt = silence.samples.length === 0 ? sample.at : silence.startedAt;
  const judgement = judgeCpu(samples);
  const { kind } = judgement;
  const same = silence.judgement?.kind === kind ? silence.idleSince : null;
  const idleSince = kind === 'idle' || kind === 'waiting' ? (same ?? sample) : null;
  return { samples, startedAt, spanMs: sample.at - startedAt, judgement, idleSince };
}

/** What is certain about the CPUs; null if nothing is yet. */
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
 * Whether the newest sample shows running CPUs in a state that is new in this silence. A stuck machine soon returns to
 * earlier states.
 */
export function isGettingOn({ samples }: Silence): boolean {
  const now = samples.at(-1);
  if (now === undefined || now.asleep) return false;
  return !samples.slice(0, -1).some(({ registers }) => registers === now.registers);
}

/**
 * Whether waiting longer may make something certain: the CPUs wait or repeat themselves, but not yet for long enough. False
 * once something is certain.
 */
export function isBecomingCertain(silence: Silence): boolean {
  const { judgement, idleSince } = silence;
  if (certainty(silence) !== null) return false;
  return idleSince !== null || judgement?.kind === 'insufficient';
}

/** A sample, and how long the console had been silent, in host milliseconds. A smaller value starts another silence. */
export type TakenSample = { sample: CpuSample; silentMs: number };

/** A sample as a line of `samples.jsonl`, with program counters in hexadecimal. */
export function sampleLine({ sample, silentMs }: TakenSample): string {
  const pcs = sample.pcs.map((pc) => pc.toString(16));
  const line: SampleLine = { ...sample, pcs, silentMs };
  return JSON.stringify(line);
}
