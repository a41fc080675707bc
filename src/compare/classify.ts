import type { CostChange, Side, RolloutDecision, Comparison, Tally } from '../model/comparison.ts';
import type { ComparisonClass } from '../model/vocabulary.ts';
import { comparisonClasses, stages } from '../model/vocabulary.ts';
import { mostFailures } from './odds.ts';
import { describeCost, compareCost } from './side.ts';

/** Compares two sides case by case, with the guest time of their kernels, and decides. */

type CompareOptions = {
  /** How the two sides differ apart from the kernel. If they do, their times are not compared. */
  differences: readonly string[];
  /** More classes that hold. */
  failOn?: readonly ComparisonClass[];
};

/** Compares every case of either side. The worst class comes first. */
export function compareSides(
  baseline: ReadonlyMap<string, Side>,
  candidate: ReadonlyMap<string, Side>,
  { differences }: Pick<CompareOptions, 'differences'>,
): Comparison[] {
  const keys = [...new Set([...baseline.keys(), ...candidate.keys()])].sort();
  const withCost = differences.length === 0;
  return keys
    .map((key) =>
      classify(key, baseline.get(key) ?? null, candidate.get(key) ?? null, { withCost }),
    )
    .sort((a, b) => comparisonClasses.indexOf(a.class) - comparisonClasses.indexOf(b.class));
}

/**
 * Compares one case:
 *
 * - `regressed`: it boots with the baseline and never with the candidate.
 * - `changed`: it fails in another way or at another stage, or an expected failure no longer happens.
 * - `lost`: it is in the baseline and was not run with the candidate.
 * - `unstable`: it goes as expected less often than with the baseline.
 * - `neither`: it is meant to boot and never does, with either kernel; elsewhere than on its own machine also if it fails in
 *   different ways.
 * - `costlier`: the same outcome, but a stage takes longer.
 * - `unknown`: boots of one side were inconclusive. Never a pass.
 * - `new`: it is not in the baseline.
 * - `fixed`: it failed with the baseline and always goes as expected with the candidate.
 * - `same`: none of these.
 *
 * @param withCost whether the times of the two sides may be compared
 */
export function classify(
  key: string,
  baseline: Side | null,
  candidate: Side | null,
  { withCost }: { withCost: boolean },
): Comparison {
  const cost = withCost && baseline && candidate ? compareCost(baseline.cost, candidate.cost) : [];
  const judged = judge(baseline, candidate, cost);
  return { key, ...judged, baseline, candidate, cost };
}

type Judged = Pick<Comparison, 'class' | 'reason'>;

function judge(baseline: Side | null, candidate: Side | null, cost: CostChange[]): Judged {
  if (candidate === null) return { class: 'lost', reason: 'not run with the candidate' };
  if (baseline === null) return judgeNew(candidate);
  if (conclusive(baseline) === 0 || conclusive(candidate) === 0)
    return judgeUntold(baseline, candidate);
  const [before, after] = [passRate(baseline), passRate(candidate)];
  if (after === 0 && before > 0 && baseline.expected === 'booted') {
    return { class: 'regressed', reason: `booted before, now ${describe(candidate)}` };
  }
  if (after > 0 && after < before) {
    const reason = `${candidate.passes} of ${conclusive(candidate)} boots as expected, ${baseline.passes} of ${conclusive(baseline)} before; otherwise ${describe(failing(candidate, baseline))}`;
    return { class: 'unstable', reason };
  }
  const dead = baseline.expected === 'booted' && before === 0 && after === 0;
  if (dead && baseline.untold + candidate.untold === 0) {
    const reason = judgeDead(baseline, candidate);
    if (reason !== null) return { class: 'neither', reason };
  }
  const healed = before < 1 && after === 1;
  const strange = healed ? undefined : candidate.tallies.find((tally) => !knows(baseline, tally));
  if (strange !== undefined) {
    return { class: 'changed', reason: describeChange(baseline, candidate, strange) };
  }
  if (baseline.untold + candidate.untold > 0) return judgeUntold(baseline, candidate);
  if (healed) return { class: 'fixed', reason: `${describe(failing(baseline, candidate))} before` };
  const dear = cost.filter(({ kind }) => kind === 'costlier');
  if (dear.length > 0) return { class: 'costlier', reason: dear.map(describeCost).join('; ') };
  return { class: 'same', reason: describe(candidate) };
}

/**
 * The failures of a case that boots with neither kernel; null if they differ and the case counts as `changed`. On another
 * machine than its own, how a dead kernel ends is often an accident (which code lies where a GICv3's table is).
 */
function judgeDead(baseline: Side, candidate: Side): string | null {
  const strange = candidate.tallies.find((tally) => !knows(baseline, tally));
  if (strange === undefined) return describe(candidate);
  return candidate.variant === undefined ? null : describeChange(baseline, candidate, strange);
}

function judgeUntold(baseline: Side, candidate: Side): Judged {
  const counts = Object.entries({ baseline, candidate })
    .filter(([, side]) => side.untold > 0)
    .map(([name, side]) => `${side.untold} of ${side.untold + conclusive(side)} ${name} boots`);
  return { class: 'unknown', reason: `${counts.join(' and ')} were inconclusive` };
}

function judgeNew(candidate: Side): Judged {
  if (candidate.untold > 0) return { class: 'unknown', reason: 'the candidate was inconclusive' };
  const rate = `${candidate.passes} of ${conclusive(candidate)} boots as expected`;
  return { class: 'new', reason: `not in the baseline; ${rate}: ${describe(candidate)}` };
}

/** ROLL if something was compared and no class holds. */
export function decide(
  comparisons: readonly Comparison[],
  { failOn = [] }: Pick<CompareOptions, 'failOn'> = {},
): RolloutDecision {
  const against = comparisons.filter((comparison) => {
    const { class: kind, candidate } = comparison;
    const isNewFailure =
      kind === 'new' && candidate !== null && candidate.passes < conclusive(candidate);
    return holding.includes(kind) || failOn.includes(kind) || isNewFailure;
  });
  const reasons = against.map(({ key, class: kind, reason }) => `${key} ${kind}: ${reason}`);
  if (comparisons.length === 0) reasons.push('nothing was compared');
  else if (!comparisons.some(cameUp))
    reasons.push('the baseline came up in no case, so a comparison with it shows nothing');
  return { decision: reasons.length === 0 ? 'ROLL' : 'HOLD', reasons };
}

/** Whether a boot of the baseline came up as it should. */
function cameUp({ baseline }: Comparison): boolean {
  return baseline !== null && baseline.expected === 'booted' && baseline.passes > 0;
}

/** Which cases come up with neither kernel: one sentence for each machine, with the scenarios. */
export function neitherOf(comparisons: readonly Comparison[]): string[] {
  const dead = comparisons.filter(({ class: kind }) => kind === 'neither');
  const places = dead.map(({ baseline, candidate, key }) => {
    const side = candidate ?? baseline;
    return {
      name: side?.variant?.of ?? side?.scenario ?? key,
      place: `${side?.variant === undefined ? '' : ` on ${side.variant.label}`} (${side?.arch ?? ''})`,
    };
  });
  return [...new Set(places.map(({ place }) => place))].map((where) => {
    const names = places.filter(({ place }) => place === where).map(({ name }) => name);
    return `Comes up with neither kernel: ${names.join(', ')}${where}`;
  });
}

/** What the boots could not show, one sentence each. */
export function caveatsOf(comparisons: readonly Comparison[]): string[] {
  const ran = comparisons.filter(({ candidate }) => candidate !== null);
  const once = ran.filter(({ baseline, candidate }) =>
    [baseline, candidate].some((side) => side !== null && conclusive(side) + side.untold === 1),
  );
  const where = once.length < ran.length ? ` in ${once.length} of ${ran.length} cases` : '';
  return [
    ...(once.length === 0
      ? []
      : [
          `Stability was not tested${where}: one boot does not show how often a case fails. Boot every case several times with --repeat.`,
        ]),
    ...unseen(ran.flatMap(({ candidate }) => candidate ?? [])),
  ];
}

/** A rate of failure that is not worth a caveat. Percent. */
const negligible = 5;

/** How often a case can fail although none of its boots did, for the case with the fewest of several boots. */
function unseen(candidates: readonly Side[]): string[] {
  const faultless = candidates.filter(({ fails }) => fails === 0).map(({ passes }) => passes);
  const fewest = Math.min(...faultless.filter((boots) => boots > 1));
  const percent = fewest === Infinity ? 0 : Math.floor(100 * mostFailures(0, fewest));
  if (percent < negligible) return [];
  return [
    `${fewest} boots without a failure leave open that a case fails in up to ${percent} % of its boots (95 % confidence). More boots with --repeat narrow this.`,
  ];
}

/** Classes that always hold. Whether a kernel that only costs more is rolled out is the user's decision (`failOn`). */
const holding: readonly ComparisonClass[] = ['regressed', 'changed', 'lost', 'unstable', 'unknown'];

/** How many boots had an outcome. */
export function conclusive({ passes, fails }: Pick<Side, 'passes' | 'fails'>): number {
  return passes + fails;
}

function passRate(side: Side): number {
  return side.passes / conclusive(side);
}

function knows(side: Side, { fingerprint }: Tally): boolean {
  return side.tallies.some((known) => known.fingerprint === fingerprint);
}

/** The side with only the results that the other does not have; unchanged if there are none. */
function failing(side: Side, other: Side): Side {
  const strange = side.tallies.filter((tally) => !knows(other, tally));
  return strange.length > 0 ? { ...side, tallies: strange } : side;
}

function describe({ tallies: [most] }: Side): string {
  if (most === undefined) return 'nothing';
  return `${most.outcome} (generation ${most.generation}, ${most.stage})`;
}

function describeChange(baseline: Side, candidate: Side, now: Tally): string {
  const [was] = baseline.tallies;
  if (candidate.expected !== 'booted' && now.outcome === 'booted') {
    return `${candidate.expected} is expected, but the machine now boots`;
  }
  if (
    was !== undefined &&
    describe({ ...baseline, tallies: [was] }) === describe({ ...candidate, tallies: [now] })
  ) {
    return `${describe(baseline)} as before, but with other evidence: "${was.proof}" before, now "${now.proof}"`;
  }
  const earlier = was !== undefined && place(now) < place(was) ? ', earlier than before' : '';
  return `${describe(baseline)} before, now ${describe({ ...candidate, tallies: [now] })}${earlier}`;
}

/** How far a boot got, as a number that grows. */
function place({ generation, stage }: Tally): number {
  return generation * stages.length + stages.indexOf(stage);
}
