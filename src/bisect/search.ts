/**
 * The search for the first bad kernel among kernels in order, where a bad one may fail only in some of its boots. Pure: it is
 * given what the boots showed, and says what to do next.
 */

/** What the boots of one kernel showed. */
export type Tally = {
  passes: number;
  /** Boots with the failure that is searched. */
  fails: number;
  /** Boots with another result: another failure, or none. Such a kernel tells nothing about this one. */
  others: number;
};

export type SearchOptions = {
  /** A bad kernel fails in at least this share of its boots, unless the boots of the bad end show less. 0 to 1. */
  rate: number;
  /** The largest accepted probability that one step goes the wrong way. */
  risk: number;
};

/** What to do next. Kernels are counted from 0, the good end. */
export type SearchStep =
  /** Boot this kernel `boots` more times. */
  | { kind: 'boot'; kernel: number; boots: number }
  /** The bad end did not show the failure, so there is nothing to search for. */
  | { kind: 'not-bad'; boots: number }
  | SearchResult;

export type SearchResult = {
  kind: 'found';
  /** The last kernel that is good. */
  good: number;
  /** The first kernel that is bad. Kernels between the two could not be judged. */
  bad: number;
  /** The probability that a kernel that was taken for good is bad. */
  risk: number;
};

/** How often the bad end is booted, to learn how often it fails. */
const bootsOfEnd = 6;

/** An untried kernel. */
export const untried: Tally = { passes: 0, fails: 0, others: 0 };

/**
 * The next step of the search.
 * @param tallies one per kernel: the first is good by the user's word, the last is the bad end
 */
export function nextStep(tallies: readonly Tally[], { rate, risk }: SearchOptions): SearchStep {
  const end = tallies.length - 1;
  const ofEnd = tallies[end] ?? untried;
  const boots = bootsIn(ofEnd);
  const wanted = rate === 1 ? 1 : bootsOfEnd;
  if (boots < wanted) return { kind: 'boot', kernel: end, boots: wanted - boots };
  if (ofEnd.fails === 0) return { kind: 'not-bad', boots };
  const assumed = Math.min(rate, rate === 1 ? 1 : (ofEnd.fails + 1) / (boots + 2));
  const needed = passesNeeded(assumed, risk);

  const isBad = ({ fails }: Tally) => fails > 0;
  const isGood = ({ passes, others, fails }: Tally) =>
    fails === 0 && others === 0 && passes >= needed;
  const bad = tallies.findIndex(isBad);
  const good = Math.max(
    0,
    tallies.findLastIndex((tally, at) => at < bad && isGood(tally)),
  );
  const open = between(good, bad).filter((at) => (tallies[at] ?? untried).others === 0);
  const kernel = middleOf(open, (good + bad) / 2);
  if (kernel === undefined) {
    const taken = tallies.slice(1, good + 1).filter(isGood);
    const right = taken.reduce((all, { passes }) => all * (1 - (1 - assumed) ** passes), 1);
    return { kind: 'found', good, bad, risk: 1 - right };
  }
  return { kind: 'boot', kernel, boots: needed - (tallies[kernel] ?? untried).passes };
}

/** After this many boots without a failure, the probability that a bad kernel showed none is below `risk`. */
export function passesNeeded(rate: number, risk: number): number {
  return rate >= 1 ? 1 : Math.ceil(Math.log(risk) / Math.log(1 - rate));
}

function bootsIn({ passes, fails, others }: Tally): number {
  return passes + fails + others;
}

function between(good: number, bad: number): number[] {
  return Array.from({ length: Math.max(0, bad - good - 1) }, (_, index) => good + 1 + index);
}

/** The kernel nearest to the middle: kernels that could not be judged may be around it. */
function middleOf(kernels: readonly number[], middle: number): number | undefined {
  return kernels.toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
}
