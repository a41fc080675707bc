import type { Class, Comparison } from './classify.ts';
import { classes, classify, told } from './classify.ts';
import type { Side } from './side.ts';

/** Classes nobody should roll a kernel out over. A kernel that merely costs more is the user's decision. */
const holding: readonly Class[] = ['regressed', 'changed', 'lost', 'unstable', 'unknown'];

export type Decision = {
  decision: 'ROLL' | 'HOLD';
  /** Why not, one sentence each; empty for ROLL. */
  reasons: string[];
};

type Options = {
  /** What the two sides have not in common: then their times say nothing about the kernel. */
  differences: readonly string[];
  /** Classes that hold besides. */
  failOn?: readonly Class[];
};

/** Every scenario of either side, worst class first. */
export function compareSides(
  baseline: ReadonlyMap<string, Side>,
  candidate: ReadonlyMap<string, Side>,
  { differences }: Pick<Options, 'differences'>,
): Comparison[] {
  const keys = [...new Set([...baseline.keys(), ...candidate.keys()])].sort();
  const withCost = differences.length === 0;
  return keys
    .map((key) =>
      classify(key, baseline.get(key) ?? null, candidate.get(key) ?? null, { withCost }),
    )
    .sort((a, b) => classes.indexOf(a.class) - classes.indexOf(b.class));
}

/** ROLL only where there is something to go by, and nothing against it. */
export function decide(
  comparisons: readonly Comparison[],
  { failOn = [] }: Pick<Options, 'failOn'> = {},
): Decision {
  const against = comparisons.filter((comparison) => {
    const { class: kind, candidate } = comparison;
    const failsAnew = kind === 'new' && candidate !== null && candidate.passes < told(candidate);
    return holding.includes(kind) || failOn.includes(kind) || failsAnew;
  });
  const reasons = against.map(({ key, class: kind, reason }) => `${key} ${kind}: ${reason}`);
  if (comparisons.length === 0) reasons.push('nothing was compared');
  return { decision: reasons.length === 0 ? 'ROLL' : 'HOLD', reasons };
}
