import t from 'tap';
import { describeCpu, judgeCpu } from '../../../src/boot/cpu/cpu-sample.ts';
import type { CpuSample } from '../../../src/model/boot.ts';

type Shape = {
  count?: number;
  every?: number;
  cpuPercent?: number;
  waitPercent?: number;
  asleepPercent?: number;
  skips?: number;
  works?: boolean;
  /** Executed guest seconds per host second. */
  speed?: number;
};

/** `count` samples, `every` ms apart, of CPUs whose program counters `pcs` gives. */
function samples(
  pcs: (index: number) => bigint[],
  {
    count = 40,
    every = 100,
    cpuPercent = 98,
    waitPercent = 0,
    asleepPercent = 100 - cpuPercent - waitPercent,
    skips = 0,
    works = false,
    speed = 1,
  }: Shape = {},
): CpuSample[] {
  return Array.from({ length: count }, (_, index) => ({
    at: 1000 + index * every,
    pcs: pcs(index),
    asleep: (index * 37) % 100 < asleepPercent,
    registers: `${pcs(index).join()} ${works ? index : index % 3}`,
    cpuMs: (index * every * cpuPercent) / 100,
    runnableMs: (index * every * (cpuPercent + waitPercent)) / 100,
    guestSeconds: Math.floor((index * every * (1 + skips)) / 1000),
    executedSeconds: (index * every * speed) / 1000,
  }));
}

const kernel = 0xffff_8000_0801_0000n;
const arm = 0xc010_0000n;
const ram = 0x4008_0000n;

const kind = (list: CpuSample[]): string => judgeCpu(list).kind;

t.test('a CPU that goes round in a few instructions is stuck', (t) => {
  t.equal(kind(samples(() => [ram])), 'stuck');
  t.equal(kind(samples((i) => [ram + BigInt((i % 3) * 4)])), 'stuck');
  t.equal(kind(samples((i) => [ram + BigInt(i * 4)])), 'busy', 'always another one');
  t.end();
});

t.test('a fault whose handler faults goes round between two places, in the same states', (t) => {
  const faults = (i: number): bigint[] => [i % 3 === 0 ? 0xffff_0010n : 0xc040_0ae0n];
  t.equal(kind(samples(faults)), 'stuck');
  t.equal(kind(samples(faults, { works: true })), 'insufficient', 'no two states are the same');
  t.end();
});

t.test('a copy loop stands on one spot too, but its registers go on', (t) => {
  t.equal(kind(samples(() => [ram], { works: true, count: 200 })), 'busy');
  t.equal(kind(samples(() => [ram], { works: false, count: 200 })), 'stuck');
  t.end();
});

t.test('a CPU that has stopped outside a kernel is stuck, inside one it is idle', (t) => {
  t.equal(kind(samples(() => [ram], { cpuPercent: 0 })), 'stuck');
  t.equal(kind(samples(() => [kernel], { cpuPercent: 0.5 })), 'idle');
  t.equal(kind(samples(() => [arm], { cpuPercent: 0.5 })), 'idle');
  t.equal(kind(samples((i) => [kernel + BigInt(i * 4096)], { cpuPercent: 3 })), 'idle');
  t.end();
});

t.test('a program that wakes up now and then does not make a waiting system a busy one', (t) => {
  const now = (i: number): bigint[] => [i % 10 === 0 ? 0x44_21ecn : kernel + BigInt(i * 400)];
  t.equal(kind(samples(now, { skips: 20 })), 'idle');
  t.equal(kind(samples(now, { cpuPercent: 3 })), 'idle');
  t.equal(kind(samples(now)), 'busy');
  t.equal(kind(samples((i) => [ram + BigInt(i * 400)], { skips: 20 })), 'waiting', 'no kernel');
  t.equal(kind(samples((i) => [ram + BigInt(i * 400)], { cpuPercent: 3 })), 'waiting');
  t.end();
});

t.test('a guest whose idle time is skipped keeps the host busy, and is idle all the same', (t) => {
  t.equal(kind(samples(() => [kernel], { skips: 20 })), 'idle');
  t.equal(kind(samples(() => [kernel], { skips: 0 })), 'stuck');
  const uncounted = samples(() => [kernel], { skips: 20 }).map((sample) => ({
    ...sample,
    executedSeconds: null,
  }));
  t.equal(kind(uncounted), 'stuck', 'where nothing is skipped, the clock says nothing');
  t.end();
});

t.test('on a busy host, a guest at work is not taken for a dead one', (t) => {
  const starved = { cpuPercent: 4, waitPercent: 95 };
  t.equal(kind(samples(() => [ram], starved)), 'insufficient', 'it waits for the host');
  t.equal(kind(samples(() => [kernel], starved)), 'insufficient', 'so it is not idle either');
  t.equal(
    kind(samples(() => [ram], { ...starved, count: 200, every: 200 })),
    'stuck',
    'in the end',
  );
  t.end();
});

t.test('a guest whose CPU the hypervisor has taken away is not halted', (t) => {
  const stolen = { cpuPercent: 0, asleepPercent: 0 };
  t.equal(
    kind(samples(() => [ram], stolen)),
    'insufficient',
    'no account moves, but it wants to run',
  );
  t.equal(kind(samples(() => [kernel], stolen)), 'insufficient');
  const given = samples(() => [ram], stolen).map((sample, index) => ({
    ...sample,
    cpuMs: index === 39 ? 3900 : 0,
  }));
  t.equal(
    kind(given),
    'insufficient',
    'when it is given back, all of the time is accounted for at once',
  );
  t.equal(kind(samples(() => [ram], { cpuPercent: 0, asleepPercent: 60 })), 'insufficient');
  t.equal(kind(samples(() => [ram], { cpuPercent: 0, asleepPercent: 90 })), 'stuck');
  t.end();
});

t.test('few samples, or a short time, say nothing', (t) => {
  t.equal(kind([]), 'insufficient');
  t.equal(kind(samples(() => [ram], { count: 19, every: 500 })), 'insufficient');
  t.equal(kind(samples(() => [ram], { count: 100, every: 10 })), 'insufficient');
  t.equal(kind(samples(() => [ram], { count: 21, every: 100 })), 'stuck');
  t.end();
});

t.test('many different addresses are work', (t) => {
  t.equal(kind(samples((i) => [ram + BigInt(i * 400)])), 'busy');
  t.equal(kind(samples((i) => [kernel + BigInt(i * 400)], { count: 80 })), 'busy');
  t.end();
});

t.test('a panicked kernel’s delay loop is stuck, but only after a minute of its own', (t) => {
  const loop = (i: number): bigint[] => [kernel + BigInt((i % 12) * 4096)];
  const turns = { works: true, count: 200 };
  t.equal(kind(samples(loop, { ...turns, speed: 2 })), 'insufficient', 'it may be a computation');
  t.equal(kind(samples(loop, { ...turns, speed: 4 })), 'stuck');
  t.equal(kind(samples(loop, { ...turns, speed: 4, cpuPercent: 4, waitPercent: 95 })), 'stuck');
  const severalCpus = (i: number): bigint[] => [kernel, kernel + BigInt((i % 12) * 4096)];
  t.equal(
    kind(samples(severalCpus, { ...turns, speed: 4 })),
    'busy',
    'the others sleep while one works',
  );
  const uncounted = samples(loop, turns).map((s) => ({ ...s, executedSeconds: null }));
  t.equal(kind(uncounted), 'busy');
  const outside = (i: number): bigint[] => [ram + BigInt((i % 12) * 4096)];
  t.equal(kind(samples(outside, { ...turns, speed: 4 })), 'busy', 'a decompressor');
  const wide = (i: number): bigint[] => [kernel + BigInt((i % 20) * 4096)];
  t.equal(kind(samples(wide, { ...turns, speed: 4 })), 'busy');
  t.end();
});

t.test('all CPUs have to be stuck or parked', (t) => {
  t.equal(kind(samples(() => [ram, kernel, kernel])), 'stuck');
  t.equal(kind(samples((i) => [ram, kernel + BigInt(i * 400)])), 'busy');
  t.equal(
    kind(samples(() => [ram, kernel], { cpuPercent: 0 })),
    'stuck',
    'the others are switched off',
  );
  t.end();
});

t.test('only the newest samples count', (t) => {
  const before = samples((i) => [kernel + BigInt(i * 400)], { count: 50 });
  const after = samples(() => [ram], { count: 25 }).map((sample) => ({
    ...sample,
    at: sample.at + 5000,
    cpuMs: sample.cpuMs + 4900,
    runnableMs: sample.runnableMs + 4900,
  }));
  t.equal(kind([...before, ...after]), 'stuck');
  t.end();
});

t.test('the numbers make a sentence', (t) => {
  t.equal(
    describeCpu(judgeCpu(samples(() => [ram]))),
    'CPU stuck: always at 0x40080000, 98 % of a host CPU (21 samples over 2.0 s)',
  );
  t.match(
    describeCpu(judgeCpu(samples((i) => [ram + BigInt(i * 256)]))),
    /^CPU busy: 21 addresses between 0x4008\w+ and 0x4008\w+, 98 % of a host CPU \(21 samples/,
  );
  t.end();
});
