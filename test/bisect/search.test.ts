import t from 'tap';
import type { SearchStep, Tally } from '../../src/bisect/search.ts';
import { nextStep, passesNeeded, untried } from '../../src/bisect/search.ts';

const usual = { rate: 0.7, risk: 0.001 };

/** Numbers from 0 to 1 that look random, and are the same every time (a linear congruential generator). */
function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

type Planted = {
  kernels: number;
  firstBad: number;
  /** The share of boots in which a bad kernel fails. */
  rate: number;
  seed: number;
  /** Kernels that end otherwise. */
  others?: number[];
};

function search({ kernels, firstBad, rate, seed, others = [] }: Planted, options = usual) {
  const roll = dice(seed);
  const tallies: Tally[] = Array.from({ length: kernels }, () => ({ ...untried }));
  const booted = new Set<number>();
  let step: SearchStep = nextStep(tallies, options);
  for (let count = 0; step.kind === 'boot' && count < 1000; count += 1) {
    const { kernel } = step;
    const tally = tallies[kernel];
    if (tally === undefined) throw new Error(`no kernel ${kernel}`);
    booted.add(kernel);
    if (others.includes(kernel)) tally.others += 1;
    else if (kernel >= firstBad && roll() < rate) tally.fails += 1;
    else tally.passes += 1;
    step = nextStep(tallies, options);
  }
  return { step, booted: booted.size };
}

t.test('a regression is found at each position, with six kernels of thirty', (t) => {
  for (let firstBad = 1; firstBad < 30; firstBad += 1) {
    const { step, booted } = search({ kernels: 30, firstBad, rate: 1, seed: firstBad });
    t.match(step, { kind: 'found', good: firstBad - 1, bad: firstBad });
    t.ok(booted <= 6, `${booted} kernels for position ${firstBad}`);
  }
  t.end();
});

t.test('a regression that shows in seven boots of ten is found, too', (t) => {
  let wrong = 0;
  for (let seed = 1; seed <= 1000; seed += 1) {
    const firstBad = 1 + (seed % 29);
    const { step, booted } = search({ kernels: 30, firstBad, rate: 0.7, seed: seed * 7919 });
    if (step.kind !== 'found' || step.bad !== firstBad) wrong += 1;
    if (booted > 6) t.fail(`${booted} kernels`);
  }
  t.ok(wrong <= 5, `${wrong} of 1000 searches were wrong; at most five steps of risk 0.001 each`);
  t.end();
});

t.test('if the bad end fails less often than assumed, good kernels are booted more often', (t) => {
  const kernels = [untried, untried, { passes: 4, fails: 2, others: 0 }];
  t.same(nextStep(kernels, usual), { kind: 'boot', kernel: 1, boots: passesNeeded(3 / 8, 0.001) });
  t.end();
});

t.test('a bad end that does not fail', (t) => {
  const { step } = search({ kernels: 30, firstBad: 30, rate: 1, seed: 1 });
  t.same(step, { kind: 'not-bad', boots: 6 });
  t.end();
});

t.test('kernels that end otherwise are passed over, and named if they hide the answer', (t) => {
  const around = search({ kernels: 30, firstBad: 20, rate: 1, seed: 1, others: [14, 15, 16] });
  t.match(around.step, { kind: 'found', good: 19, bad: 20 });
  const hidden = search({ kernels: 30, firstBad: 15, rate: 1, seed: 1, others: [13, 14, 15] });
  t.match(hidden.step, { kind: 'found', good: 12, bad: 16 });
  t.end();
});

t.test('neighbours need no boot between them', (t) => {
  t.match(search({ kernels: 2, firstBad: 1, rate: 1, seed: 1 }), {
    step: { kind: 'found', good: 0, bad: 1, risk: 0 },
    booted: 1,
  });
  t.end();
});

t.test('a failure that always shows needs one boot of each kernel', (t) => {
  const always = { rate: 1, risk: 0.001 };
  const { step } = search({ kernels: 9, firstBad: 4, rate: 1, seed: 1 }, always);
  t.match(step, { kind: 'found', good: 3, bad: 4, risk: 0 });
  t.same(nextStep([untried, untried, untried], always), { kind: 'boot', kernel: 2, boots: 1 });
  t.end();
});

t.test('the result says how sure it is', (t) => {
  const { step } = search({ kernels: 30, firstBad: 25, rate: 1, seed: 1 });
  t.ok(step.kind === 'found' && step.risk > 0 && step.risk < 0.005);
  t.end();
});
