import type { CostChange, Side } from '../model/comparison.ts';
/**
 * Only stages in which the kernel works alone are compared: what waits for a disk takes as long as the host lets it, even
 * on the guest's clock.
 */
const comparable = /^[2-9]\d* kernel$/;

/** Fewer boots than this carry nothing: three against three that do not overlap come about by chance once in twenty times. */
const leastBoots = 3;

/** A smaller difference is nobody's concern. */
const leastShare = 0.01;

/** Compares what both sides tell of each stage; see {@link comparable}. */
export function compareCost(baseline: Side['cost'], candidate: Side['cost']): CostChange[] {
  return Object.keys(baseline)
    .filter((stage) => comparable.test(stage) && candidate[stage] !== undefined)
    .map((stage) => compareStage(stage, baseline[stage] ?? [], candidate[stage] ?? []));
}

function compareStage(stage: string, before: number[], after: number[]): CostChange {
  const [baseline, candidate] = [median(before), median(after)];
  const n = Math.min(before.length, after.length);
  const far = Math.abs(candidate - baseline) > leastShare * baseline;
  const more = Math.min(...after) > Math.max(...before);
  const less = Math.max(...after) < Math.min(...before);
  const kind =
    n >= leastBoots && far && (more || less) ? (more ? 'costlier' : 'cheaper') : 'undecided';
  const spread = Math.max(spreadOf(before, baseline), spreadOf(after, candidate));
  return { stage, baseline, candidate, n, spread, kind };
}

function spreadOf(values: number[], middle: number): number {
  return middle === 0 ? 0 : Math.max(...values.map((value) => Math.abs(value - middle))) / middle;
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(half)] ?? 0) + (sorted[Math.ceil(half)] ?? 0)) / 2;
}
