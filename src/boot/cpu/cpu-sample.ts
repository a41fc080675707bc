import type { CpuSample } from '../../model/boot.ts';

/**
 * What the CPUs do while the console is silent.
 *
 * - `stuck`: in an endless loop of a few instructions, or stopped for good.
 * - `idle`: in a kernel that waits for something and is alive.
 * - `waiting`: waiting outside a kernel: firmware at a menu, a boot loader that counts down.
 * - `busy`: at work on something unknown.
 * - `insufficient`: too few samples to decide.
 */
export type CpuJudgement = CpuFacts & {
  kind: 'stuck' | 'idle' | 'waiting' | 'busy' | 'insufficient';
  /** Of stuck CPUs: whether they sleep on one spot until an interrupt comes. Firmware does that while it counts down. */
  asleep: boolean;
};

/** Measurements over a series of samples. */
type CpuFacts = {
  samples: number;
  /** Host milliseconds from the first to the last. */
  spanMs: number;
  /** Different program counters among them, over all CPUs. */
  distinct: number;
  /** Lowest and highest program counter of the first CPU. */
  lowest: bigint;
  highest: bigint;
  /** Host CPU time used per host time, in per cent; above 100 with several vCPU threads. */
  cpuPercent: number;
};

/** How many samples a question needs, over how much time of each kind. */
type Enough = { samples: number; spanMs: number; cpuMs: number; executedSeconds: number };

/** A machine that waits outside a kernel, within this many bytes of code, has stopped. */
const tinyWindow = 64n;
const watched: Enough = { samples: 20, spanMs: 2000, cpuMs: 0, executedSeconds: 0 };

/**
 * A deterministic machine that keeps returning to the same few states makes no progress, whether in an empty loop or in a
 * fault whose handler faults. CPU time counts in addition to host time, since a working guest also stays in one state for
 * long on a busy host.
 */
const repeated = { ...watched, cpuMs: 1500 };

/**
 * How often each state must have been sampled on average. A loop with more states takes more samples (an oops whose
 * handler faults had 29).
 */
const visits = 2.5;
const sampleCounts = [20, 40, 80, 160, 320];

/**
 * A panicked kernel waits in a delay loop that reads the time, so its states differ, but its addresses are few. A long
 * computation also has few addresses: the longest silent one seen is the DH and RSA self-test of Linux 5.10 on arm, 26
 * seconds of executed instructions. Applies to single CPUs only: of several, all but one may be asleep.
 */
const looping = { samples: 40, spanMs: 5000, cpuMs: 0, executedSeconds: 60 };
const loopAddresses = 16;

/**
 * A machine whose threads are runnable for less than this share of the time is waiting. Sampling itself uses some CPU.
 */
const stillPercent = 10;

/** In addition, its threads must be asleep in this share of the samples. Sampling sometimes wakes them. */
const asleepPercent = 80;

/**
 * A machine whose clock skips more than this share of the time is waiting, too. `seconds` covers the clock's
 * resolution.
 */
const skipped = { percent: 50, seconds: 3 };

/** Samples are 50 to 200 ms apart. More CPU time than this between two of them is not credible. Milliseconds. */
const longestStep = 250;

/**
 * Judges the samples of one silence, in order of time. Each question uses only as many of the newest samples as it needs,
 * since the CPUs may have worked before they got stuck.
 */
export function judgeCpu(samples: readonly CpuSample[]): CpuJudgement {
  const recent = newest(samples, watched);
  if (recent === null) return { kind: 'insufficient', asleep: false, ...measure(samples) };
  const facts = measure(recent);
  if (isWaiting(recent)) {
    // A program that wakes up now and then is sampled outside the kernel, but the waiting happens inside it.
    const alive = recent.some(({ pcs: [pc] }) => pc !== undefined && isKernelAddress(pc));
    const kind = alive ? 'idle' : onOneSpot(recent) ? 'stuck' : 'waiting';
    return { kind, asleep: kind === 'stuck', ...facts };
  }
  const awake = (kind: CpuJudgement['kind'], of = facts): CpuJudgement => {
    return { kind, asleep: false, ...of };
  };
  for (const count of sampleCounts) {
    const tail = newest(samples, { ...repeated, samples: count });
    if (tail === null) break;
    if (repeatsItself(tail)) return awake('stuck', measure(tail));
  }
  if (repeatsItself(recent)) return awake('insufficient');
  if (isKernelLoop(recent)) {
    const long = newest(samples, looping);
    if (long === null) return awake('insufficient');
    if (isKernelLoop(long)) return awake('stuck', measure(long));
  }
  return awake('busy');
}

/** A judgement and its numbers as one line of evidence. */
export function describeCpu({ kind, ...facts }: CpuJudgement): string {
  const where =
    facts.lowest === facts.highest
      ? `always at ${hex(facts.lowest)}`
      : `${facts.distinct} addresses between ${hex(facts.lowest)} and ${hex(facts.highest)}`;
  const span = `${facts.samples} samples over ${(facts.spanMs / 1000).toFixed(1)} s`;
  return `${kindInWords[kind]}: ${where}, ${Math.round(facts.cpuPercent)} % of a host CPU (${span})`;
}

const kindInWords: Record<CpuJudgement['kind'], string> = {
  stuck: 'CPU stuck',
  idle: 'CPU idle in a running kernel',
  waiting: 'CPU waiting outside a kernel',
  busy: 'CPU busy',
  insufficient: 'CPU not sampled for long enough',
};

/**
 * aarch64 kernels are at the top of the 64-bit space, 32-bit kernels in the last GiB of 32 bits (the usual 3:1 split).
 */
function isKernelAddress(pc: bigint): boolean {
  return pc >= 0xffff_0000_0000_0000n || (pc >= 0xc000_0000n && pc <= 0xffff_ffffn);
}

/** Whether the CPUs wait for something: they need no host CPU, or the guest's clock skips their idle time. */
function isWaiting(samples: readonly CpuSample[]): boolean {
  const runnable = growth(samples, 'runnableMs') / growth(samples, 'at');
  const asleep = samples.filter((sample) => sample.asleep).length / samples.length;
  if (100 * runnable < stillPercent && 100 * asleep >= asleepPercent) return true;
  if (samples.at(-1)?.executedSeconds === null) return false;
  const passed = growth(samples, 'guestSeconds');
  const idle = passed - growth(samples, 'executedSeconds');
  return idle > skipped.seconds && 100 * idle > skipped.percent * passed;
}

/**
 * Whether all registers keep returning to earlier values. The address alone is not enough: a loop of a few instructions
 * may be a copy that takes seconds, for example of the new kernel into place (arm64_relocate_new_kernel).
 */
function repeatsItself(samples: readonly CpuSample[]): boolean {
  return new Set(samples.map(({ registers }) => registers)).size * visits <= samples.length;
}

function isKernelLoop(samples: readonly CpuSample[]): boolean {
  const counted = samples.every(({ pcs, executedSeconds }) => {
    return pcs.length === 1 && executedSeconds !== null;
  });
  const pcs = new Set(samples.flatMap((sample) => sample.pcs));
  return counted && pcs.size <= loopAddresses && [...pcs].every(isKernelAddress);
}

function onOneSpot(samples: readonly CpuSample[]): boolean {
  return everyCpu(samples, (pcs) => max(pcs) - min(pcs) <= tinyWindow);
}

function everyCpu(samples: readonly CpuSample[], holds: (pcs: bigint[]) => boolean): boolean {
  const cpus = samples[0]?.pcs.length ?? 0;
  return Array.from({ length: cpus }, (_, cpu) => samples.map(({ pcs }) => pcs[cpu] ?? 0n)).every(
    holds,
  );
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

/** The shortest series of newest samples that is long enough; null if there is none. */
function newest(samples: readonly CpuSample[], enough: Enough): readonly CpuSample[] | null {
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
 * CPU time over the samples, in milliseconds. If the host is a virtual machine that loses its CPU for a while, it charges
 * that time to the interrupted thread, so the time between two samples is capped.
 */
function cpuTime(samples: readonly CpuSample[]): number {
  return samples.slice(1).reduce((sum, sample, index) => {
    return sum + Math.min(sample.cpuMs - (samples[index]?.cpuMs ?? 0), longestStep);
  }, 0);
}

/** By how much a field grew over the samples; 0 where it is not counted. */
function growth(
  samples: readonly CpuSample[],
  field: Exclude<keyof CpuSample, 'pcs' | 'asleep' | 'registers'>,
): number {
  const [first, last] = [samples[0]?.[field] ?? null, samples.at(-1)?.[field] ?? null];
  return first === null || last === null ? 0 : last - first;
}

/** Measures a series of samples; all values are zero for an empty one. */
function measure(samples: readonly CpuSample[]): CpuFacts {
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

function min(values: bigint[]): bigint {
  return values.reduce((low, value) => (value < low ? value : low), values[0] ?? 0n);
}

function max(values: bigint[]): bigint {
  return values.reduce((high, value) => (value > high ? value : high), values[0] ?? 0n);
}
