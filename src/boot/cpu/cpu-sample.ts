import type { CpuSample, SampleLine } from '../../model/boot.ts';
/**
 * What the CPUs do while the console is silent.
 *
 * - `stuck`: going round in a few instructions, or stopped for good; nothing will come of it.
 * - `idle`: a kernel that waits for something, and is alive.
 * - `waiting`: something that is no kernel waits: firmware at a menu, a boot loader that counts down.
 * - `busy`: at work, on what cannot be said.
 * - `insufficient`: too few samples to say.
 */
export type CpuJudgement = CpuFacts & {
  kind: 'stuck' | 'idle' | 'waiting' | 'busy' | 'insufficient';
};

/** A machine that waits within this many bytes waits for nothing. */
const tinyWindow = 64n;
const watched: Enough = { samples: 20, spanMs: 2000, cpuMs: 0, executedSeconds: 0 };

/**
 * A deterministic machine that is seen in the same few states again and again goes nowhere, be it an empty loop or a
 * fault whose handler faults. CPU time counts beside the time on the wall: on a busy host a guest at work stays in one
 * state for long, too.
 */
const repeated = { ...watched, cpuMs: 1500 };

/**
 * How often each of the states must have been seen on average. The more states a round has, the more looks that takes
 * (an oops whose handler faults was seen to go through 29).
 */
const visits = 2.5;
const looks = [20, 40, 80, 160, 320];

/**
 * A panicked kernel waits in a delay loop that reads the time, so no two states are the same, but the addresses are few.
 * So they are in long computations: the longest silent one that was met is 5.10's test of its own DH and RSA on arm, 26
 * seconds of executed instructions. Several CPUs are not known well enough for this: all but one may be asleep.
 */
const looping = { samples: 40, spanMs: 5000, cpuMs: 0, executedSeconds: 60 };
const loopAddresses = 16;

/** A machine that wants less than this share of a CPU is waiting. Sampling itself costs the guest some. */
const stillPercent = 10;

/** And its threads sleep whenever one looks, save when a look itself has woken them. */
const asleepPercent = 80;

/** So is one whose clock skips more than this share of the time, and more than the clock's coarseness can make up. */
const skipped = { percent: 50, seconds: 3 };

/**
 * Judges the samples of one silence, in order. Only the newest ones count, as many as the question needs: what the
 * CPUs did before they got stuck is no argument.
 */
export function judgeCpu(samples: readonly CpuSample[]): CpuJudgement {
  const recent = newest(samples, watched);
  if (recent === null) return { kind: 'insufficient', ...measure(samples) };
  const facts = measure(recent);
  if (isWaiting(recent)) {
    // A program that wakes up now and then is seen outside the kernel; the waiting itself is done inside it.
    const alive = recent.some(({ pcs: [pc] }) => pc !== undefined && isKernelAddress(pc));
    const kind = alive ? 'idle' : onOneSpot(recent) ? 'stuck' : 'waiting';
    return { kind, ...facts };
  }
  for (const count of looks) {
    const tail = newest(samples, { ...repeated, samples: count });
    if (tail === null) break;
    if (repeatsItself(tail)) return { kind: 'stuck', ...measure(tail) };
  }
  if (repeatsItself(recent)) return { kind: 'insufficient', ...facts };
  if (isKernelLoop(recent)) {
    const long = newest(samples, looping);
    if (long === null) return { kind: 'insufficient', ...facts };
    if (isKernelLoop(long)) return { kind: 'stuck', ...measure(long) };
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

/** Whether the CPUs wait for something: they want no host CPU, or the guest's clock skips their idle time. */
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
 * Whether all registers are again and again what they were before. The address alone would not do: a loop of a few
 * instructions can be a copy, such as that of the new kernel into place, for seconds (arm64_relocate_new_kernel).
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
