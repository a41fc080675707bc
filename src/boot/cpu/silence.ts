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
  /** The first sample since which the CPUs have always been judged idle, or always waiting or asleep on one spot. */
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
  const wait = waitOf(judgement);
  const same = silence.judgement !== null && waitOf(silence.judgement) === wait;
  const idleSince = wait === null ? null : ((same ? silence.idleSince : null) ?? sample);
  return { samples, startedAt, spanMs: sample.at - startedAt, judgement, idleSince };
}

/** What the CPUs wait in: a kernel, or anything else; null if they do not wait. */
function waitOf({ kind, asleep }: CpuJudgement): 'idle' | 'waiting' | null {
  if (kind === 'idle') return 'idle';
  return kind === 'waiting' || asleep ? 'waiting' : null;
}

/**
 * What is certain about the CPUs; null if nothing is yet. `parked`: they sleep on one spot outside a kernel, which is the end of a
 * kernel, and may be a countdown of firmware.
 */
export function certainty({
  judgement,
  idleSince,
  samples,
}: Silence): 'stuck' | 'parked' | 'idle' | 'waiting' | null {
  if (judgement === null) return null;
  if (judgement.kind === 'stuck' && !judgement.asleep) return 'stuck';
  const sofar = judgement.asleep ? 'parked' : null;
  const [now, wait] = [samples.at(-1), waitOf(judgement)];
  if (idleSince === null || now === undefined || wait === null) return sofar;
  const guestSeconds = now.guestSeconds - idleSince.guestSeconds;
  const hostMs = now.at - idleSince.at;
  const longest = wait === 'idle' ? longestWait : longestCountdown;
  return guestSeconds >= longest.guestSeconds && hostMs >= longest.hostMs ? wait : sofar;
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
  const certain = certainty(silence);
  if (certain !== null && certain !== 'parked') return false;
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
