import type { CpuSample, SampleLine } from '../../model/boot.ts';
/** What a row of samples measures, in order of time. */
export type CpuFacts = {
  samples: number;
  /** Host milliseconds the samples span. */
  spanMs: number;
  /** Different program counters among them, over all CPUs. */
  distinct: number;
  /** Lowest and highest program counter of the first CPU. */
  lowest: bigint;
  highest: bigint;
  /** Host CPU time used per host time, in per cent; above 100 with several vCPU threads. */
  cpuPercent: number;
};

/** How much of a row a question needs: that many samples, over that much time of each kind. */
export type Enough = { samples: number; spanMs: number; cpuMs: number; executedSeconds: number };

/** Looks are 50 to 200 ms apart; CPU time of more than this between two of them is doubtful. */
const longestStep = 250;

/** The shortest tail that has enough samples over enough time of each kind, null if there is none. */
export function newest(samples: readonly CpuSample[], enough: Enough): readonly CpuSample[] | null {
  for (let from = samples.length - enough.samples; from >= 0; from -= 1) {
    const tail = samples.slice(from);
    const long =
      growth(tail, 'at') >= enough.spanMs &&
      growth(tail, 'executedSeconds') >= enough.executedSeconds &&
      cpuTime(tail) >= enough.cpuMs;
    if (long) return tail;
  }
  return null;
}

/**
 * CPU time over the samples, in milliseconds. A host that is a virtual machine may lose its CPU for a while, and accounts
 * for all of that to the thread it interrupted: no time between two looks counts for more than it can have been.
 */
function cpuTime(samples: readonly CpuSample[]): number {
  return samples.slice(1).reduce((sum, sample, index) => {
    return sum + Math.min(sample.cpuMs - (samples[index]?.cpuMs ?? 0), longestStep);
  }, 0);
}

/** By how much a field grew over the samples; 0 where it is not counted. */
export function growth(
  samples: readonly CpuSample[],
  field: Exclude<keyof CpuSample, 'pcs' | 'asleep' | 'registers'>,
): number {
  const [first, last] = [samples[0]?.[field] ?? null, samples.at(-1)?.[field] ?? null];
  return first === null || last === null ? 0 : last - first;
}

/** The row's facts; of none at all they are zero. */
export function measure(samples: readonly CpuSample[]): CpuFacts {
  const spanMs = growth(samples, 'at');
  const boot = samples.map(({ pcs }) => pcs[0] ?? 0n);
  return {
    samples: samples.length,
    spanMs,
    distinct: new Set(samples.flatMap(({ pcs }) => pcs)).size,
    lowest: min(boot),
    highest: max(boot),
    cpuPercent: spanMs > 0 ? (100 * growth(samples, 'cpuMs')) / spanMs : 0,
  };
}

export function min(values: bigint[]): bigint {
  return values.reduce((low, value) => (value < low ? value : low), values[0] ?? 0n);
}

export function max(values: bigint[]): bigint {
  return values.reduce((high, value) => (value > high ? value : high), values[0] ?? 0n);
}

/** A sample, and for how many host milliseconds the console had been silent: less than before is another silence. */
export type TakenSample = { sample: CpuSample; silentMs: number };

/** A sample as one line of JSON, program counters in hexadecimal: how `samples.jsonl` keeps it. */
export function sampleLine({ sample, silentMs }: TakenSample): string {
  const pcs = sample.pcs.map((pc) => pc.toString(16));
  const line: SampleLine = { ...sample, pcs, silentMs };
  return JSON.stringify(line);
}
