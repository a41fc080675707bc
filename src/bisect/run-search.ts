/** Boots what the search asks for, until it has an answer. */
import { fingerprint } from '../compare/side.ts';
import { UnavailableError } from '../errors.ts';
import type { BisectFailure } from '../model/bisect.ts';
import type { CaseResult } from '../model/result.ts';
import type { SearchOptions, SearchStep, Tally } from './search.ts';
import { nextStep, untried } from './search.ts';

/** A boot and the directory of its records. */
export type Boot = { result: CaseResult; directory: string };

/** Boots a kernel, counted from the good end, some times. It may make fewer boots than it is asked for, but at least one. */
export type BootKernel = (kernel: number, boots: number) => Promise<Boot[]>;

export type Search = {
  tallies: Tally[];
  step: Exclude<SearchStep, { kind: 'boot' }>;
  /** The failure that is searched for: the first that the bad end shows. Null in a search for guest time. */
  failure: BisectFailure | null;
  /** The guest seconds of the second kernel at both ends; null in a search for a failure. */
  seconds: { good: number; bad: number } | null;
};

type RunOptions = SearchOptions & {
  /** Search for what makes the second kernel slower, not for a failure. */
  cost: boolean;
  /** Called after each round of boots. */
  onTally: (kernel: number, tally: Tally) => void;
};

/** What a boot says about its kernel. */
type Judge = (result: CaseResult) => keyof Tally;

/**
 * Runs the search.
 * @param count how many kernels there are, with both ends
 * @throws UnavailableError if an end cannot be booted; what `boot` throws
 */
export async function runSearch(
  count: number,
  boot: BootKernel,
  { cost, onTally, ...options }: RunOptions,
): Promise<Search> {
  const tallies = Array.from({ length: count }, () => ({ ...untried }));
  const end = count - 1;
  const seconds = cost ? await secondsOfEnds(boot, end) : null;
  let failure: BisectFailure | null = null;
  let wanted: string | null = null;
  const judgeFailure: Judge = (result) => {
    if (result.verdict === 'pass') return 'passes';
    return fingerprint(result) === wanted ? 'fails' : 'others';
  };
  const judge = seconds === null ? judgeFailure : judgeCost(seconds);
  for (;;) {
    const step = nextStep(tallies, options);
    if (step.kind !== 'boot') return { tallies, step, failure, seconds };
    const { kernel } = step;
    const boots = await boot(kernel, step.boots);
    for (const { result, directory } of boots) {
      if (kernel === end) mustBeBooted(result);
      if (kernel === end && wanted === null && isFailure(result)) {
        wanted = fingerprint(result);
        if (!cost) failure = failureOf(result, directory);
      }
      const tally = tallies[kernel];
      if (tally !== undefined) tally[judge(result)] += 1;
    }
    onTally(kernel, tallies[kernel] ?? untried);
  }
}

/** @throws UnavailableError for a boot that the lab could not make */
function mustBeBooted({ verdict, reasons }: CaseResult): void {
  if (verdict === 'pass' || verdict === 'fail') return;
  throw new UnavailableError(`the bad kernel cannot be booted: ${reasons.join('; ')}`);
}

function isFailure({ verdict, outcome }: CaseResult): boolean {
  return verdict === 'fail' && outcome !== 'unknown';
}

function failureOf(result: CaseResult, directory: string): BisectFailure {
  const { outcome, meaning, cure, evidence } = result;
  return { outcome: outcome ?? 'unknown', meaning, cure, evidence, directory };
}

/** The smallest share by which the ends must differ. Guest time differs by less between equal boots. */
const leastShare = 0.01;

async function secondsOfEnds(boot: BootKernel, end: number) {
  const measure = async (kernel: number): Promise<number> => {
    const [first] = await boot(kernel, 1);
    const seconds = first === undefined ? null : secondKernelSeconds(first.result);
    if (seconds !== null) return seconds;
    throw new UnavailableError(`the ${kernel === 0 ? 'good' : 'bad'} kernel cannot be measured`, {
      hint: 'Both ends must come up, and their consoles must show the time of the kernel.',
    });
  };
  const [good, bad] = [await measure(0), await measure(end)];
  if (bad - good > leastShare * good) return { good, bad };
  throw new UnavailableError(
    `the bad kernel is not slower: ${bad.toFixed(3)} s of guest time, the good one ${good.toFixed(3)} s`,
    { hint: 'Choose other ends, or leave out --cost to search for a failure.' },
  );
}

/** A kernel is bad if its time is nearer to that of the bad end. */
function judgeCost({ good, bad }: { good: number; bad: number }): Judge {
  return (result) => {
    const seconds = secondKernelSeconds(result);
    if (seconds === null) return 'others';
    return seconds > (good + bad) / 2 ? 'fails' : 'passes';
  };
}

/** The guest time of the second kernel until it starts its first program; null if it did not come up. */
function secondKernelSeconds({ verdict, stages }: CaseResult): number | null {
  if (verdict !== 'pass') return null;
  return (
    stages.find(({ name, generation }) => name === 'kernel' && generation === 2)?.guestSeconds ??
    null
  );
}
