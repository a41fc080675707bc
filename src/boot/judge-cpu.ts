import type { CpuSample } from './cpu-sample.ts';

/**
 * What the CPUs do while the console is silent.
 *
 * - `stuck`: going round in a few instructions, or stopped for good; nothing will come of it.
 * - `idle`: a kernel that waits for something, and is alive.
 * - `busy`: at work, on what cannot be said.
 * - `insufficient`: too few samples to say.
 */
export type CpuJudgement = {
  kind: 'stuck' | 'idle' | 'busy' | 'insufficient';
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

/** A loop that fits into this many bytes does nothing but wait. */
const tinyWindow = 64n;
const pinned = { samples: 20, spanMs: 2000 };

/** A panicked kernel waits in a delay loop made of several small functions: few addresses, for a long time. */
const looping = { samples: 40, spanMs: 5000, distinct: 16 };

/** Below this share of a CPU the machine is waiting. Sampling itself costs the guest some. */
const stillPercent = 10;

/**
 * Judges the samples of one silence, in order. Only the newest ones count, as many as the question needs: what the
 * CPUs did before they got stuck is no argument.
 */
export function judgeCpu(samples: readonly CpuSample[]): CpuJudgement {
  const short = newest(samples, pinned);
  if (short === null) return { kind: 'insufficient', ...measure(samples) };
  const facts = measure(short);
  const still = facts.cpuPercent < stillPercent;
  const inKernel = isKernelAddress(facts.lowest) && isKernelAddress(facts.highest);
  if (everyCpu(short, (pcs) => max(pcs) - min(pcs) <= tinyWindow)) {
    return { kind: still && inKernel ? 'idle' : 'stuck', ...facts };
  }
  if (still) return { kind: inKernel ? 'idle' : 'busy', ...facts };
  const long = newest(samples, looping);
  if (long !== null) {
    const loop = measure(long);
    const kernelOnly = everyCpu(long, (pcs) => pcs.every(isKernelAddress));
    if (kernelOnly && loop.distinct <= looping.distinct) return { kind: 'stuck', ...loop };
  }
  return { kind: 'busy', ...facts };
}

/** The judgement's numbers as evidence, one sentence. */
export function describeCpu({ kind, ...facts }: CpuJudgement): string {
  const where =
    facts.lowest === facts.highest
      ? `the program counter always at ${hex(facts.lowest)}`
      : `${facts.distinct} program counters between ${hex(facts.lowest)} and ${hex(facts.highest)}`;
  const span = `${facts.samples} samples over ${(facts.spanMs / 1000).toFixed(1)} s`;
  return `${span}: ${where}, CPU ${Math.round(facts.cpuPercent)} % busy (${kind})`;
}

/** aarch64 kernels live at the top of 64 bits, 32-bit ones in the last GiB of 32 bits (the usual 3:1 split). */
function isKernelAddress(pc: bigint): boolean {
  return pc >= 0xffff_0000_0000_0000n || (pc >= 0xc000_0000n && pc <= 0xffff_ffffn);
}

/** The shortest tail that has enough samples over enough time, null if there is none. */
function newest(
  samples: readonly CpuSample[],
  enough: { samples: number; spanMs: number },
): readonly CpuSample[] | null {
  const last = samples.at(-1)?.at ?? 0;
  for (let from = samples.length - enough.samples; from >= 0; from -= 1) {
    if (last - (samples[from]?.at ?? last) >= enough.spanMs) return samples.slice(from);
  }
  return null;
}

function measure(samples: readonly CpuSample[]): Omit<CpuJudgement, 'kind'> {
  const first = samples[0];
  const last = samples.at(-1);
  const spanMs = first && last ? last.at - first.at : 0;
  const cpuMs = first && last ? last.cpuMs - first.cpuMs : 0;
  const boot = samples.map(({ pcs }) => pcs[0] ?? 0n);
  return {
    samples: samples.length,
    spanMs,
    distinct: new Set(samples.flatMap(({ pcs }) => pcs)).size,
    lowest: min(boot),
    highest: max(boot),
    cpuPercent: spanMs > 0 ? (100 * cpuMs) / spanMs : 0,
  };
}

function everyCpu(samples: readonly CpuSample[], holds: (pcs: bigint[]) => boolean): boolean {
  const cpus = samples[0]?.pcs.length ?? 0;
  return Array.from({ length: cpus }, (_, cpu) => samples.map(({ pcs }) => pcs[cpu] ?? 0n)).every(
    holds,
  );
}

function min(values: bigint[]): bigint {
  return values.reduce((low, value) => (value < low ? value : low), values[0] ?? 0n);
}

function max(values: bigint[]): bigint {
  return values.reduce((high, value) => (value > high ? value : high), values[0] ?? 0n);
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
