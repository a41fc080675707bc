import type { Case } from './scenario.ts';

/** One part of a run that is spread over several machines: `index` of `count`, 1-based. */
export type Shard = { index: number; count: number };

/**
 * The cases of one shard, in their order. Every case is in exactly one of the `count` shards, and which one depends on
 * nothing but the cases, so machines that know nothing of each other agree. The longest cases are dealt first, each to
 * the shard with the least to do. Where there are more shards than cases, some are empty.
 */
export function shardOf(cases: readonly Case[], { index, count }: Shard): Case[] {
  const loads = new Array<number>(count).fill(0);
  const chosen = new Set<Case>();
  for (const case_ of heaviestFirst(cases)) {
    const lightest = loads.indexOf(Math.min(...loads));
    loads[lightest] = (loads[lightest] ?? 0) + weightOf(case_);
    if (lightest === index - 1) chosen.add(case_);
  }
  return cases.filter((case_) => chosen.has(case_));
}

/** How long a case may take, in no unit: what the scenario allows; the 32-bit machine takes about twice as long. */
export function weightOf({ limits, arch }: Case): number {
  return limits.total * (arch === 'arm' ? 2 : 1);
}

function heaviestFirst(cases: readonly Case[]): Case[] {
  return cases.toSorted((a, b) => weightOf(b) - weightOf(a) || (a.id < b.id ? -1 : 1));
}
